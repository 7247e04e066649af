/**
 * The clock that everything in a host uses.
 *
 * Tests pass testkit's manual clock. `now` is the wall clock (it may jump); intervals, ages and durations
 * are measured with `monotonic` only.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds from an arbitrary start, never going back. */
  monotonic(): number
  /** Calls back once after `delayMs`; returns what cancels it. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): () => void
}

/** Node.js fires a timer of a longer delay at once. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** The clock of the machine. Its timers are unreferenced. */
export const systemClock: Clock = Object.freeze<Clock>({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
})
