const HIGHEST_SCALE = 20
const LOWEST_SCALE = -10

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/** A run of buckets of one sign: `counts[i]` belongs to the bucket with index `start + i`. */
export class BucketRun {
  start = 0
  length = 0
  counts = new Float64Array(8)

  /** Adds one to the bucket `index`, which must lie within the most that a run may span. */
  add(index: number, count: number, most: number): void {
    if (this.length === 0) this.start = index
    if (index < this.start) this.#extendDown(index, most)
    const at = index - this.start
    if (at >= this.counts.length) this.#grow(at + 1, 0, most)
    this.counts[at] += count
    if (at >= this.length) this.length = at + 1
  }

  /** Merges neighbours: a bucket's index at a scale lower by `shift`. */
  downscale(shift: number): void {
    if (this.length === 0) return
    const start = this.start >> shift
    for (let i = 0; i < this.length; i++) {
      const count = this.counts[i]
      this.counts[i] = 0
      this.counts[((this.start + i) >> shift) - start] += count
    }
    this.length = ((this.start + this.length - 1) >> shift) - start + 1
    this.start = start
  }

  #extendDown(index: number, most: number): void {
    const by = this.start - index
    if (this.length + by > this.counts.length) this.#grow(this.length + by, by, most)
    else this.counts.copyWithin(by, 0, this.length).fill(0, 0, by)
    this.length += by
    this.start = index
  }

  #grow(least: number, offset: number, most: number): void {
    const counts = new Float64Array(Math.min(Math.max(least, this.counts.length * 2), Math.max(least, most)))
    counts.set(this.counts.subarray(0, this.length), offset)
    this.counts = counts
  }
}

/**
 * A base-2 exponential histogram: bucket `i` at scale `s` holds the values in (2^(i/2^s), 2^((i+1)/2^s)].
 *
 * The scale starts at its finest and falls by itself so that each sign needs `maxBuckets` buckets at most.
 * Source: OpenTelemetry data model, "ExponentialHistogram"; Prometheus native histograms use the same buckets.
 */
export class ExponentialBuckets {
  scale: number
  sum = 0
  zeroCount = 0
  readonly positive = new BucketRun()
  /** Most series never see a negative value. */
  negative: BucketRun | undefined
  readonly #maxBuckets: number

  constructor(maxBuckets: number, scale = HIGHEST_SCALE) {
    this.#maxBuckets = maxBuckets
    this.scale = scale
  }

  /** Takes a finite value. */
  observe(value: number): void {
    this.sum += value
    if (value > 0) this.#add(this.positive, value)
    else if (value < 0) this.#add((this.negative ??= new BucketRun()), -value)
    else this.zeroCount++
  }

  get count(): number {
    return this.zeroCount + total(this.positive) + (this.negative ? total(this.negative) : 0)
  }

  /** Forgets everything but its size. */
  reset(scale = HIGHEST_SCALE): void {
    this.scale = scale
    this.sum = 0
    this.zeroCount = 0
    for (const run of [this.positive, this.negative]) {
      run?.counts.fill(0)
      if (run) run.length = 0
    }
  }

  #add(run: BucketRun, magnitude: number): void {
    let index = bucketIndex(magnitude, this.scale)
    if (run.length > 0) {
      const low = Math.min(index, run.start)
      const high = Math.max(index, run.start + run.length - 1)
      const shift = excess(low, high, this.#maxBuckets)
      if (shift > 0) {
        this.#downscale(shift)
        index = bucketIndex(magnitude, this.scale)
      }
    }
    run.add(index, 1, this.#maxBuckets)
  }

  #downscale(shift: number): void {
    this.scale -= shift
    this.positive.downscale(shift)
    this.negative?.downscale(shift)
  }
}

/**
 * The bucket of a positive finite number.
 *
 * Powers of two are exact; elsewhere the logarithm of the mantissa alone is taken, which keeps its error far
 * below the width of a bucket.
 */
export function bucketIndex(value: number, scale: number): number {
  float[0] = value
  let high = words[1]
  let exponent = (high >>> 20) - 1023
  if (exponent === -1023) {
    // subnormal: brought into the normal range first
    float[0] = value * 2 ** 52
    high = words[1]!
    exponent = (high >>> 20) - 1023 - 52
  }
  const isPower = (high & 0xfffff) === 0 && words[0] === 0
  if (scale <= 0) return (exponent - (isPower ? 1 : 0)) >> -scale
  if (isPower) return exponent * 2 ** scale - 1
  words[1] = (high & 0xfffff) | 0x3ff00000
  const parts = 2 ** scale
  return exponent * parts + Math.min(Math.max(Math.ceil(Math.log2(float[0]) * parts), 1), parts) - 1
}

/** The upper edge of a bucket. */
export function bucketUpperBound(index: number, scale: number): number {
  return 2 ** ((index + 1) * 2 ** -scale)
}

function excess(low: number, high: number, most: number): number {
  let shift = 0
  while (high - low >= most && shift < HIGHEST_SCALE - LOWEST_SCALE) {
    low >>= 1
    high >>= 1
    shift++
  }
  return shift
}

function total(run: BucketRun): number {
  let sum = 0
  for (let i = 0; i < run.length; i++) sum += run.counts[i]
  return sum
}
