import type { Clock } from '@tidegauge/core'

/** When a callback is called again. */
export interface RepeatSettings {
  readonly intervalMs: number
  /** Part of the interval by which a call comes earlier or later at random, 0 to 1. */
  readonly jitterRatio: number
}

/** Calls back once per interval. A call that comes late is not made up for. Returns a function that stops it. */
export function repeat(
  clock: Clock,
  { intervalMs, jitterRatio }: RepeatSettings,
  callback: () => void,
): () => void {
  let cancel = () => {}
  const wait = () => {
    const delayMs = intervalMs * (1 + jitterRatio * (Math.random() * 2 - 1))
    cancel = clock.after(delayMs, () => {
      wait()
      callback()
    })
  }
  wait()
  return () => cancel()
}
