import type { Clock } from '@tidegauge/core'

/** How long something is waited for. */
export interface Patience {
  /** So long without progress ends the wait. */
  readonly idleMs: number
  /** So long ends it in any case. */
  readonly mostMs: number
}

/**
 * Waits for a promise as long as there is progress. False when it was given up; the promise goes on by itself. Never
 * rejects.
 */
export async function waitPatiently(
  clock: Clock,
  promise: Promise<unknown>,
  { idleMs, mostMs }: Patience,
  progress: () => number,
): Promise<boolean> {
  const untilMs = clock.monotonic() + mostMs
  const ended = promise.then(
    () => true,
    () => true,
  )
  for (;;) {
    const before = progress()
    let cancel = () => {}
    const waitMs = Math.min(idleMs, untilMs - clock.monotonic())
    const idle = new Promise<boolean>((resolve) => (cancel = clock.after(waitMs, () => resolve(false))))
    const isEnded = await Promise.race([ended, idle])
    cancel()
    if (isEnded) return true
    if (progress() === before || clock.monotonic() >= untilMs) return false
  }
}
