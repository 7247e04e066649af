import type { LogOnce } from '@tidegauge/core'
import type { TransportCounts } from '../counts.js'
import type { Chunk } from './chunk.js'
import type { LineSettings } from './line-settings.js'
import { writeLine, type LineTemplate, type TagBytes } from './line-template.js'

/**
 * Where a generator of lines pauses: `full`: the chunk has to be sent before it goes on; `pause`: the event loop may
 * have a turn.
 */
export type WriteStep = 'full' | 'pause'

/** The series whose lines are being written. */
export interface CurrentSeries {
  readonly tags: TagBytes
  /** The memory of what was sent of it: line `i` has `page[at + i]`. NaN means that nothing was sent yet. */
  page: Float64Array
  at: number
}

/** Writes values into the chunk: gauges as they are, totals as what was added since they were last sent. */
export class LineWriter {
  readonly chunk: Chunk
  readonly settings: LineSettings
  readonly counts: TransportCounts
  /** Set to `skip` for the last flush, which sends only what is new. */
  unchangedGauges: 'resend' | 'skip'
  readonly #logOnce: LogOnce
  readonly #isWhole: boolean

  constructor(
    chunk: Chunk,
    settings: LineSettings,
    { counts, logOnce }: { readonly counts: TransportCounts; readonly logOnce: LogOnce },
  ) {
    this.chunk = chunk
    this.settings = settings
    this.counts = counts
    this.unchangedGauges = settings.unchangedGauges
    this.#logOnce = logOnce
    this.#isWhole = settings.counters === 'whole'
  }

  /** Writes line `index` of the series if there is something to send. True when the chunk has to be sent first. */
  write(template: LineTemplate, series: CurrentSeries, value: number, index: number): boolean {
    if (!Number.isFinite(value)) {
      this.counts.dropped.not_finite++
      return false
    }
    const at = series.at + index
    if (template.kind !== 'gauge')
      return this.#writeDelta(template, series, this.#isWhole ? Math.trunc(value) : value, at)
    if (value === series.page[at] && this.unchangedGauges === 'skip') return false
    return this.#writeGauge(template, series, value, at)
  }

  /**
   * The total itself is remembered, not the sum of the deltas: each delta is rounded, and a sum of deltas that is
   * above an unchanged total would look like a total that fell.
   */
  #writeDelta(template: LineTemplate, series: CurrentSeries, total: number, at: number): boolean {
    const { page } = series
    const last = page[at]
    // a new total is sent even when it is 0, so that the counter exists before its first event
    const isNew = Number.isNaN(last)
    let base = isNew ? 0 : last
    if (template.kind === 'total' && total < base) {
      // the source started again from zero; a fall to zero itself has no line that would set the cell
      base = 0
      if (total === 0) page[at] = 0
    }
    const delta = total - base
    if (delta === 0 && !isNew) return false
    if (!Number.isFinite(delta)) {
      this.counts.dropped.not_finite++
      return false
    }
    this.chunk.startLine()
    this.#append(template, series, delta)
    return this.#endLine(template, 1, series.page, at, total)
  }

  /** A gauge with a sign changes the receiver's value. So a 0 comes first, in the same datagram. */
  #writeGauge(template: LineTemplate, series: CurrentSeries, value: number, at: number): boolean {
    this.chunk.startLine()
    if (value < 0) this.#append(template, series, 0)
    this.#append(template, series, value)
    return this.#endLine(template, value < 0 ? 2 : 1, series.page, at, value)
  }

  #append(template: LineTemplate, { tags }: CurrentSeries, value: number): void {
    writeLine(this.chunk.buffer, tags.length > 0 ? template.tagged : template.untagged, tags, value)
  }

  #endLine(template: LineTemplate, lines: number, page: Float64Array, at: number, value: number): boolean {
    const result = this.chunk.endLine(lines, page, at, value)
    if (result !== 'oversized') return result === 'full'
    this.counts.dropped.oversized += lines
    this.#logOnce.warn(
      `oversized ${template.name}`,
      `a line of "${template.name}" is longer than ${this.chunk.format.maxBytes} bytes and is left out: shorten its labels, or raise maxDatagramBytes if the receiver accepts more`,
    )
    return false
  }
}
