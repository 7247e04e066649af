/** The finest buckets that there are. */
export const MAX_SCALE = 20
/** The coarsest. */
export const MIN_SCALE = -10

/** Where a number is taken apart, and where it is handed on without being boxed. */
const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/** A run of buckets of one sign: `counts[i]` belongs to the bucket with index `start + i`. */
export class BucketRun {
  start = 0
  length = 0
  counts = new Float64Array(8)

  /** Adds one to the bucket `index`, which must lie within the max that a run may span. */
  add(index: number, count: number, max: number): void {
    if (this.length === 0) this.start = index
    if (index < this.start) this.#extendDown(index, max)
    const at = index - this.start
    if (at >= this.counts.length) this.#grow(at + 1, 0, max)
    this.counts[at] += count
    if (at >= this.length) this.length = at + 1
  }

  /** By how much the scale must fall for this bucket to fit beside the others. */
  excess(index: number, max: number): number {
    let low = Math.min(index, this.start)
    let high = Math.max(index, this.start + this.length - 1)
    let shift = 0
    for (; high - low >= max && shift < MAX_SCALE - MIN_SCALE; shift++) {
      low >>= 1
      high >>= 1
    }
    return shift
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

  #extendDown(index: number, max: number): void {
    const by = this.start - index
    if (this.length + by > this.counts.length) this.#grow(this.length + by, by, max)
    else this.counts.copyWithin(by, 0, this.length).fill(0, 0, by)
    this.length += by
    this.start = index
  }

  #grow(min: number, offset: number, max: number): void {
    const counts = new Float64Array(Math.min(Math.max(min, this.counts.length * 2), Math.max(min, max)))
    counts.set(this.counts.subarray(0, this.length), offset)
    this.counts = counts
  }
}

/** Buckets as another histogram of the same sort keeps them. */
export interface ExponentialCounts {
  readonly scale: number
  readonly zeroCount: number
  readonly positive: { readonly offset: number; readonly counts: readonly number[] }
  readonly negative: { readonly offset: number; readonly counts: readonly number[] }
}

/**
 * A base-2 exponential histogram: bucket `i` at scale `s` holds the values in (2^(i/2^s), 2^((i+1)/2^s)].
 *
 * The scale starts at its finest and falls by itself so that each sign needs `maxBuckets` buckets at max.
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

  constructor(maxBuckets: number, scale = MAX_SCALE) {
    this.#maxBuckets = maxBuckets
    this.scale = scale
  }

  /**
   * Takes a finite value. Kept small, so that it is inlined: the number then goes on in {@link float}, where a call
   * would have to box it.
   */
  observe(value: number): void {
    float[0] = value
    this.#observeFloat()
  }

  /** Adds (or with -1 takes away) the buckets of another histogram; the sum is the caller's affair. */
  merge(other: ExponentialCounts, sign: 1 | -1): void {
    const isEmpty = [other.positive, other.negative].every(({ counts }) => counts.every((n) => n === 0))
    // the scale of no buckets has no meaning
    if (!isEmpty && other.scale < this.scale) this.#downscale(this.scale - other.scale)
    this.zeroCount += sign * other.zeroCount
    this.#mergeRun(this.positive, other.positive, other.scale, sign)
    if (other.negative.counts.length > 0)
      this.#mergeRun((this.negative ??= new BucketRun()), other.negative, other.scale, sign)
  }

  /** Adds the buckets of another one, which stays as it is; the sum is up to the caller. */
  absorb({ scale, zeroCount, positive, negative }: ExponentialBuckets): void {
    const counts = (run: BucketRun | undefined) => ({
      offset: run?.start ?? 0,
      counts: run === undefined ? [] : [...run.counts.subarray(0, run.length)],
    })
    this.merge({ scale, zeroCount, positive: counts(positive), negative: counts(negative) }, 1)
  }

  get count(): number {
    return this.zeroCount + total(this.positive) + (this.negative ? total(this.negative) : 0)
  }

  /** Forgets everything but its size. */
  reset(scale = MAX_SCALE): void {
    this.scale = scale
    this.sum = 0
    this.zeroCount = 0
    for (const run of [this.positive, this.negative]) {
      run?.counts.fill(0)
      if (run) run.length = 0
    }
  }

  #observeFloat(): void {
    this.sum += float[0]
    if (float[0] === 0) {
      this.zeroCount++
      return
    }
    const run = float[0] > 0 ? this.positive : (this.negative ??= new BucketRun())
    words[1] &= 0x7fffffff
    const index = indexOfFloat(this.scale)
    const shift = run.length === 0 ? 0 : run.excess(index, this.#maxBuckets)
    if (shift > 0) this.#downscale(shift)
    // an index at a lower scale is the same index without its last bits
    run.add(index >> shift, 1, this.#maxBuckets)
  }

  #mergeRun(run: BucketRun, other: ExponentialCounts['positive'], scale: number, sign: 1 | -1): void {
    other.counts.forEach((count, i) => {
      if (count === 0) return
      // the scale may fall from one bucket to the next
      const index = (other.offset + i) >> (scale - this.scale)
      const shift = run.length === 0 ? 0 : run.excess(index, this.#maxBuckets)
      if (shift > 0) this.#downscale(shift)
      run.add(index >> shift, sign * count, this.#maxBuckets)
    })
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
  return indexOfFloat(scale)
}

/** The same for the positive number in {@link float}, which it may change. */
function indexOfFloat(scale: number): number {
  let high = words[1]
  let exponent = (high >>> 20) - 1023
  if (exponent === -1023) {
    // subnormal: brought into the normal range first
    float[0] *= 2 ** 52
    high = words[1]
    exponent = (high >>> 20) - 1023 - 52
  }
  const isPower = (high & 0xfffff) === 0 && words[0] === 0
  if (scale <= 0) return (exponent - (isPower ? 1 : 0)) >> -scale
  const parts = 1 << scale
  if (isPower) return exponent * parts - 1
  words[1] = (high & 0xfffff) | 0x3ff00000
  return exponent * parts + Math.min(Math.max(Math.ceil(Math.log2(float[0]) * parts), 1), parts) - 1
}

/** The upper edge of a bucket. */
export function bucketUpperBound(index: number, scale: number): number {
  return 2 ** ((index + 1) * 2 ** -scale)
}

function total(run: BucketRun): number {
  let sum = 0
  for (let i = 0; i < run.length; i++) sum += run.counts[i]
  return sum
}
