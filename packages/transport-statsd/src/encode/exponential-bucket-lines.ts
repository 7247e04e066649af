import type { CumulativeBuckets } from './cumulative-buckets.js'
import { createLineTemplate, type LineTemplate } from './line-template.js'
import type { CurrentSeries, LineWriter, WriteStep } from './line-writer.js'
import { numberTag } from './tags.js'

/** The line of one bound, and its index in the page of a series. */
interface BucketLine {
  readonly template: LineTemplate
  readonly index: number
}

/** The bucket lines of an exponential histogram. Its bounds change with the values, so each series has its own page. */
export class ExponentialBucketLines {
  readonly #name: string
  readonly #writer: LineWriter
  /** By bound: every bound that any series had so far. */
  readonly #lines = new Map<number, BucketLine>()
  /** What was sent of each series, by slot. */
  readonly #pages: (Float64Array | undefined)[] = []

  constructor(name: string, writer: LineWriter) {
    this.#name = name
    this.#writer = writer
  }

  /** Writes the buckets of the series in a slot. Changes the page of `series`. */
  *write(
    slot: number,
    series: CurrentSeries,
    { bounds, counts }: CumulativeBuckets,
  ): Generator<WriteStep, void> {
    series.page = this.#pageFor(slot, bounds)
    series.at = 0
    for (const [i, bound] of bounds.entries()) {
      const { template, index } = this.#lineFor(bound)
      if (this.#writer.write(template, series, counts[i], index)) yield 'full'
    }
  }

  /** The slot's series was removed, or replaced by another. */
  forget(slot: number): void {
    if (slot < this.#pages.length) this.#pages[slot] = undefined
  }

  /** Has room for all bounds: a page is not replaced while a chunk that refers to it waits to be sent. */
  #pageFor(slot: number, bounds: readonly number[]): Float64Array {
    let length = 0
    for (const bound of bounds) length = Math.max(length, this.#lineFor(bound).index + 1)
    const page = this.#pages[slot]
    if (page !== undefined && length <= page.length) return page
    const grown = new Float64Array(length).fill(Number.NaN)
    if (page !== undefined) grown.set(page)
    return (this.#pages[slot] = grown)
  }

  #lineFor(bound: number): BucketLine {
    let line = this.#lines.get(bound)
    if (line === undefined) {
      const { style } = this.#writer.settings
      const extra = numberTag('le', bound, style)
      const template = createLineTemplate({ name: this.#name, kind: 'total', extra }, style)
      line = { template, index: this.#lines.size }
      this.#lines.set(bound, line)
    }
    return line
  }
}
