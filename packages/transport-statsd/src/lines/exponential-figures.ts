import type { CumulativeBuckets } from './cumulative-buckets.js'
import { numberTag } from './figure-names.js'
import { createFigure, type Figure, type FigureWriter } from './figure-writer.js'
import type { SeriesTags } from './series-tags.js'
import type { Step } from './instrument-lines.js'
import type { TagStyle } from './style.js'

/** What has been told of one series: a place for each bound that it ever had. */
interface Told {
  readonly places: Map<number, number>
  page: Float64Array
}

/** The bucket lines of an exponential histogram, whose bounds come as values come. */
export class ExponentialFigures {
  readonly #name: string
  readonly #style: TagStyle
  readonly #figures = new Map<number, Figure>()
  readonly #told: (Told | undefined)[] = []

  constructor(name: string, style: TagStyle) {
    this.#name = name
    this.#style = style
  }

  *write(
    writer: FigureWriter,
    place: { readonly tags: SeriesTags; readonly slot: number },
    { bounds, counts }: CumulativeBuckets,
  ): Generator<Step, void> {
    const told = this.#reserve(place.slot, bounds)
    for (const [i, bound] of bounds.entries()) {
      const at = told.places.get(bound)!
      if (writer.write(this.#figureOf(bound), place, counts[i], told.page, at)) yield 'full'
    }
  }

  forget(slot: number): void {
    this.#told[slot] = undefined
  }

  /** Makes room for all bounds at once: a page that has been written from is not replaced while a chunk waits. */
  #reserve(slot: number, bounds: readonly number[]): Told {
    const told = (this.#told[slot] ??= { places: new Map(), page: new Float64Array(0) })
    for (const bound of bounds) if (!told.places.has(bound)) told.places.set(bound, told.places.size)
    if (told.places.size > told.page.length) {
      const page = new Float64Array(told.places.size + 8).fill(Number.NaN)
      page.set(told.page)
      told.page = page
    }
    return told
  }

  #figureOf(bound: number): Figure {
    let figure = this.#figures.get(bound)
    if (figure === undefined) {
      const extra = numberTag('le', bound, this.#style)
      figure = createFigure({ name: this.#name, kind: 'total', extra }, this.#style)
      this.#figures.set(bound, figure)
    }
    return figure
  }
}
