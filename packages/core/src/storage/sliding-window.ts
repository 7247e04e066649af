import type { Clock } from '../clock.js'
import { bucketUpperBound, ExponentialBuckets, type BucketRun } from './exponential.js'

/** 2^(1/32) between bucket edges: a quantile is within 1.1 % of the true one. */
const SCALE = 5
/** At that scale, twenty powers of two before the buckets widen. */
const MAX_BUCKETS = 640
const PARTS = 5

/**
 * The values of the last `windowMs`, as exponential buckets in five parts of which the oldest is dropped in turn.
 * `sum` and `count` are totals since the start.
 */
export class SlidingWindow {
  sum = 0
  count = 0
  /** The quantiles of a source that keeps a window of its own, in the order of the instrument's. */
  reported: readonly number[] | undefined
  readonly #parts: ExponentialBuckets[]
  readonly #partMs: number
  readonly #clock: Clock
  #current = 0
  #turnsAtMs: number

  constructor(clock: Clock, windowMs: number) {
    this.#clock = clock
    this.#partMs = windowMs / PARTS
    this.#turnsAtMs = clock.monotonic() + this.#partMs
    this.#parts = Array.from({ length: PARTS }, () => new ExponentialBuckets(MAX_BUCKETS, SCALE))
  }

  /** Takes a finite value. */
  observe(value: number): void {
    const now = this.#clock.monotonic()
    if (now >= this.#turnsAtMs) this.#turn(now)
    this.sum += value
    this.count++
    this.#parts[this.#current].observe(value)
  }

  /** The values at these quantiles (0 to 1) over the window; NaN for an empty one. */
  quantiles(at: readonly number[]): number[] {
    if (this.reported !== undefined) return at.map((_, i) => this.reported![i] ?? Number.NaN)
    const now = this.#clock.monotonic()
    if (now >= this.#turnsAtMs) this.#turn(now)
    const merged = merge(this.#parts)
    const count = merged.reduce((sum, [, n]) => sum + n, 0)
    return at.map((q) => (count === 0 ? Number.NaN : valueAt(merged, q * count)))
  }

  /** Adds what another window took; its values count as taken now. */
  absorb(other: SlidingWindow): void {
    const now = this.#clock.monotonic()
    if (now >= this.#turnsAtMs) this.#turn(now)
    this.sum += other.sum
    this.count += other.count
    this.reported ??= other.reported
    for (const part of other.#parts) this.#parts[this.#current].absorb(part)
  }

  #turn(now: number): void {
    const turns = Math.floor((now - this.#turnsAtMs) / this.#partMs) + 1
    for (let i = 0; i < Math.min(turns, PARTS); i++) {
      this.#current = (this.#current + 1) % PARTS
      this.#parts[this.#current].reset(SCALE)
    }
    this.#turnsAtMs += turns * this.#partMs
  }
}

type ValueCount = readonly [value: number, count: number]

/** Representative values with their counts, ascending. */
function merge(parts: readonly ExponentialBuckets[]): ValueCount[] {
  const values = new Map<number, number>()
  const add = (value: number, count: number) => values.set(value, (values.get(value) ?? 0) + count)
  for (const part of parts) {
    eachBucket(part.positive, part.scale, (value, count) => add(value, count))
    if (part.negative) eachBucket(part.negative, part.scale, (value, count) => add(-value, count))
    if (part.zeroCount > 0) add(0, part.zeroCount)
  }
  return [...values].sort((a, b) => a[0] - b[0])
}

function eachBucket(run: BucketRun, scale: number, visit: (value: number, count: number) => void): void {
  // the harmonic mean of a bucket's edges, without their product, which may overflow
  const ratio = 2 ** (2 ** -scale)
  const middle = (2 * ratio) / (1 + ratio)
  for (let i = 0; i < run.length; i++) {
    const count = run.counts[i]
    if (count === 0) continue
    visit(bucketUpperBound(run.start + i - 1, scale) * middle, count)
  }
}

function valueAt(values: readonly ValueCount[], rank: number): number {
  let seen = 0
  for (const [value, count] of values) {
    seen += count
    if (seen >= rank) return value
  }
  return values.at(-1)![0]
}
