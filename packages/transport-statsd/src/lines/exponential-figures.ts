import type { CumulativeBuckets } from './cumulative-buckets.js'
import { numberTag } from './figure-names.js'
import { createFigure, type Figure, type FigureWriter } from './figure-writer.js'
import type { SeriesTags } from './series-tags.js'
import type { Step } from './instrument-lines.js'
import type { TagStyle } from './style.js'

/** A bound's line, and where a series' page has what was told of it. */
interface Bucket {
  readonly figure: Figure
  readonly at: number
}

/** The bucket lines of an exponential histogram, whose bounds come as values come. */
export class ExponentialFigures {
  readonly #name: string
  readonly #style: TagStyle
  /** Every bound that a series ever had. */
  readonly #buckets = new Map<number, Bucket>()
  /** What has been told of each series; NaN where nothing was. */
  readonly #pages: (Float64Array | undefined)[] = []

  constructor(name: string, style: TagStyle) {
    this.#name = name
    this.#style = style
  }

  *write(
    writer: FigureWriter,
    place: { readonly tags: SeriesTags; readonly slot: number },
    { bounds, counts }: CumulativeBuckets,
  ): Generator<Step, void> {
    const page = this.#pageFor(place.slot, bounds)
    for (const [i, bound] of bounds.entries()) {
      const { figure, at } = this.#bucketOf(bound)
      if (writer.write(figure, place, counts[i], page, at)) yield 'full'
    }
  }

  forget(slot: number): void {
    if (slot < this.#pages.length) this.#pages[slot] = undefined
  }

  /** Has room for all bounds at once: a page that has been written from is not replaced while a chunk waits. */
  #pageFor(slot: number, bounds: readonly number[]): Float64Array {
    let length = 0
    for (const bound of bounds) length = Math.max(length, this.#bucketOf(bound).at + 1)
    const page = this.#pages[slot]
    if (page !== undefined && length <= page.length) return page
    const grown = new Float64Array(length).fill(Number.NaN)
    if (page !== undefined) grown.set(page)
    return (this.#pages[slot] = grown)
  }

  #bucketOf(bound: number): Bucket {
    let bucket = this.#buckets.get(bound)
    if (bucket === undefined) {
      const extra = numberTag('le', bound, this.#style)
      const figure = createFigure({ name: this.#name, kind: 'total', extra }, this.#style)
      bucket = { figure, at: this.#buckets.size }
      this.#buckets.set(bound, bucket)
    }
    return bucket
  }
}
