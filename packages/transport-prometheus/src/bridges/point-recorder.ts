import type { LabelBuffer } from './label-buffer.js'
import type { SourceKind, SourcePoint } from './source-family.js'

/** A bound series of core, where the kind is only known at run time. */
interface AnySeries {
  set(value: number): void
  setTotal(total: number, exemplar?: unknown): void
  setTotals(totals: unknown): void
}

/** A handle of core, where the kind is only known at run time. */
export interface AnyHandle extends AnySeries {
  labels(labels: object): AnySeries
}

/** Records the points of one metric in one pass, each series once. */
export class PointRecorder {
  readonly dropped = { not_a_number: 0, duplicate: 0, malformed: 0 }
  readonly #kind: SourceKind
  readonly #buffer: LabelBuffer
  readonly #handle: AnyHandle
  readonly #hasLabels: boolean
  readonly #recorded = new Set<AnySeries>()

  constructor(kind: SourceKind, { buffer, handle }: { buffer: LabelBuffer; handle: AnyHandle }) {
    this.#kind = kind
    this.#buffer = buffer
    this.#handle = handle
    this.#hasLabels = buffer.names.length > 0
  }

  /** Records a point, or drops it and counts why. */
  record(point: SourcePoint): void {
    const { dropped } = this
    if (!isNumber(this.#kind, point)) dropped.not_a_number++
    else if (!this.#buffer.fill(point.labels ?? {})) dropped.malformed++
    else {
      const series = this.#hasLabels ? this.#handle.labels(this.#buffer.labels) : this.#handle
      if (this.#recorded.has(series)) dropped.duplicate++
      else this.#set(series, point)
    }
  }

  #set(series: AnySeries, { value, exemplar }: SourcePoint): void {
    this.#recorded.add(series)
    if (this.#kind === 'gauge') series.set(value as number)
    else if (this.#kind === 'counter') series.setTotal(value as number, exemplar)
    else series.setTotals(value)
  }
}

/** Whether a point has a number. Without this check, core would create a series for a NaN total or gauge, and warn. */
export function isNumber(kind: SourceKind, { value }: SourcePoint): boolean {
  if (kind === 'gauge') return !Number.isNaN(value)
  return Number.isFinite(typeof value === 'number' ? value : value.sum)
}
