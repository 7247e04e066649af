import type { Clock } from '@tidegauge/core'

/**
 * Calls back again and again, each time after the interval give or take a part of it. A call that comes late is not
 * made up for. Returns what ends it.
 */
export function tickEvery(
  clock: Clock,
  { intervalMs, jitterRatio, random }: { intervalMs: number; jitterRatio: number; random: () => number },
  onTick: () => void,
): () => void {
  let cancel = () => {}
  const wait = () => {
    const delayMs = intervalMs * (1 + jitterRatio * (random() * 2 - 1))
    cancel = clock.after(delayMs, () => {
      wait()
      onTick()
    })
  }
  wait()
  return () => cancel()
}
