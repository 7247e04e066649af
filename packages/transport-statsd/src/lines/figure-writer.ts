import type { LogOnce } from '@tidegauge/core'
import type { Chunk } from '../chunk/chunk.js'
import type { Tally } from '../tally.js'
import type { ValueRules } from './sanitise.js'
import type { SeriesTags } from './series-tags.js'
import { isValueFirst, lineParts, type LineParts, type NameForm, type Tag, type TagStyle } from './style.js'

/** What the lines are to look like. */
export interface LineSettings extends ValueRules {
  readonly names: NameForm
  /** Stands before every name as it is. */
  readonly prefix: string
  readonly globalTags: readonly Tag[]
  readonly histograms: 'buckets' | 'quantiles'
  readonly quantiles: readonly number[]
  readonly unchangedGauges: 'resend' | 'skip'
  readonly counters: 'exact' | 'whole'
}

/** One line that a series can have: a name with a suffix and perhaps a tag of its own. */
export interface Figure {
  readonly name: string
  /** `total`: only grows, and is told in deltas; `sum`: the same, but may fall; `gauge`: told as it is. */
  readonly kind: 'total' | 'sum' | 'gauge'
  readonly untagged: LineParts
  readonly tagged: LineParts
}

/** A place in a series' memory. */
export interface Place {
  readonly page: Float64Array
  readonly at: number
}

export function createFigure(
  line: { readonly name: string; readonly kind: Figure['kind']; readonly extra?: Tag | undefined },
  style: TagStyle,
): Figure {
  const typed = { ...line, type: line.kind === 'gauge' ? 'g' : 'c' }
  return {
    name: line.name,
    kind: line.kind,
    untagged: lineParts(typed, style, false),
    tagged: lineParts(typed, style, true),
  }
}

/** Writes figures into the chunk, each as what the receiver has not been told yet. */
export class FigureWriter {
  readonly chunk: Chunk
  readonly settings: LineSettings
  readonly tally: Tally
  /** The last flush of all has no need to say again what is known. */
  unchangedGauges: 'resend' | 'skip'
  readonly #logOnce: LogOnce
  readonly #isValueFirst: boolean
  readonly #isWhole: boolean

  constructor(chunk: Chunk, settings: LineSettings, { tally, logOnce }: { tally: Tally; logOnce: LogOnce }) {
    this.chunk = chunk
    this.settings = settings
    this.tally = tally
    this.unchangedGauges = settings.unchangedGauges
    this.#logOnce = logOnce
    this.#isValueFirst = isValueFirst(settings.style)
    this.#isWhole = settings.counters === 'whole'
  }

  /** Writes one figure, if there is something to tell; true when the chunk has to be sent first. */
  write(
    figure: Figure,
    series: { tags: SeriesTags; slot: number },
    value: number,
    page: Float64Array,
    at: number,
  ) {
    if (!Number.isFinite(value)) {
      this.tally.dropped.not_finite++
      return false
    }
    if (figure.kind === 'gauge') {
      if (value === page[at] && this.unchangedGauges === 'skip') return false
      return this.#gauge(figure, series, value, { page, at })
    }
    return this.#delta(figure, series, this.#isWhole ? Math.trunc(value) : value, { page, at })
  }

  /**
   * What is remembered is the total itself, not the sum of the deltas: each delta is rounded, and a sum of them that
   * came out above an unchanged total would look like a total that fell.
   */
  #delta(figure: Figure, series: { tags: SeriesTags; slot: number }, total: number, place: Place): boolean {
    const last = place.page[place.at]
    // NaN: never told, which is also said of a total of 0, so that it is there before its first event
    const isNew = last !== last
    let base = isNew ? 0 : last
    if (figure.kind === 'total' && total < base) {
      // counted from zero again by whoever is behind it; a fall to zero itself has no line that would remember it
      base = 0
      if (total === 0) place.page[place.at] = 0
    }
    const delta = total - base
    if (delta === 0 && !isNew) return false
    if (!Number.isFinite(delta)) {
      this.tally.dropped.not_finite++
      return false
    }
    this.chunk.begin()
    this.#line(figure, series, delta)
    return this.#end(figure, 1, place, total)
  }

  /** A sign would make it a change of what the receiver has: a 0 comes first, which nothing can come between. */
  #gauge(figure: Figure, series: { tags: SeriesTags; slot: number }, value: number, place: Place): boolean {
    this.chunk.begin()
    if (value < 0) this.#line(figure, series, 0)
    this.#line(figure, series, value)
    return this.#end(figure, value < 0 ? 2 : 1, place, value)
  }

  #line(figure: Figure, { tags, slot }: { tags: SeriesTags; slot: number }, value: number): void {
    const { buffer } = this.chunk
    const { view, first, second, third } = tags.lengthOf(slot) > 0 ? figure.tagged : figure.untagged
    buffer.copy(view, 0, first)
    if (this.#isValueFirst) buffer.number(value)
    else tags.write(slot, buffer)
    buffer.copy(view, first, second)
    if (this.#isValueFirst) tags.write(slot, buffer)
    else buffer.number(value)
    buffer.copy(view, first + second, third)
  }

  #end(figure: Figure, lines: number, { page, at }: Place, told: number): boolean {
    const ended = this.chunk.end(lines, page, at, told)
    if (ended !== 'oversized') return ended === 'full'
    this.tally.dropped.oversized += lines
    this.#logOnce.warn(
      `oversized ${figure.name}`,
      `a line of "${figure.name}" is longer than ${this.chunk.maxBytes} bytes and is left out: shorten its labels, or raise maxDatagramBytes if the receiver takes more`,
    )
    return false
  }
}
