import type { Clock } from '@tidegauge/core'

/** How long to wait for something. */
export interface WaitLimits {
  /** The longest time without progress. */
  readonly idleMs: number
  /** The longest time in any case. */
  readonly totalMs: number
}

/**
 * Waits for a promise while there is progress. Resolves to false when a limit was reached; the work continues. Never
 * rejects.
 */
export async function waitForProgress(
  clock: Clock,
  promise: Promise<unknown>,
  { idleMs, totalMs }: WaitLimits,
  progress: () => number,
): Promise<boolean> {
  const untilMs = clock.monotonic() + totalMs
  const ended = promise.then(
    () => true,
    () => true,
  )
  for (;;) {
    const before = progress()
    let cancel = () => {}
    const waitMs = Math.max(0, Math.min(idleMs, untilMs - clock.monotonic()))
    const idle = new Promise<boolean>((resolve) => (cancel = clock.after(waitMs, () => resolve(false))))
    const isEnded = await Promise.race([ended, idle])
    cancel()
    if (isEnded) return true
    if (progress() === before || clock.monotonic() >= untilMs) return false
  }
}
