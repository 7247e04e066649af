import type { Clock } from '@tidegauge/core'

/** A clock that stands still until it is moved on. */
export interface ManualClock extends Clock {
  /** Moves both clocks on, calling what falls due on the way, and flushes promises after each call. */
  advance(ms: number): Promise<void>
  /** Moves the wall clock alone, as an operator or NTP does. */
  jump(ms: number): void
  /** How many timers wait. */
  readonly pending: number
}

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

/** Creates a clock that starts at `startMs` (default 1,700,000,000,000). */
export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let monotonicMs = 0
  let offsetMs = startMs
  const timers = new Set<Timer>()
  const nextDue = (untilMs: number) =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
  return {
    now: () => offsetMs + monotonicMs,
    monotonic: () => monotonicMs,
    after(delayMs, callback) {
      const timer = { atMs: monotonicMs + delayMs, callback }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    async advance(ms) {
      const untilMs = monotonicMs + ms
      await flushPromises()
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer)
        monotonicMs = timer.atMs
        timer.callback()
        await flushPromises()
      }
      monotonicMs = untilMs
      await flushPromises()
    },
    jump: (ms) => void (offsetMs += ms),
    get pending() {
      return timers.size
    },
  }
}

/** Waits a few turns of the event loop, so that promises which wait for nothing else have run. */
export async function flushPromises(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}
