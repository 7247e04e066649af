import type { Clock } from '@tidegauge/core'

/** One slow answer must not use up the whole pass. */
const MAX_WAIT_MS = 1_000

/** The part of a collect pass that waiting needs. */
export interface PassTime {
  readonly signal: AbortSignal
  /** When the pass must be done, in the clock's monotonic milliseconds. */
  readonly deadlineMs: number
}

/** Waits for all answers, but at most one second, half of the time that the pass has left, or until it is aborted. */
export async function waitWithinPass(
  answers: readonly Promise<void>[],
  pass: PassTime,
  clock: Clock,
): Promise<void> {
  if (answers.length === 0) return
  const waitMs = Math.min(MAX_WAIT_MS, Math.max(0, (pass.deadlineMs - clock.monotonic()) / 2))
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = clock.after(waitMs, resolve)
  const onAbort = (): void => resolve()
  pass.signal.addEventListener('abort', onAbort, { once: true })
  await Promise.race([Promise.allSettled(answers), promise])
  pass.signal.removeEventListener('abort', onAbort)
  cancel()
}
