import type { LabelScratch } from './label-scratch.js'
import type { SourceKind, SourcePoint } from './source-family.js'

/** What the handles of core look like where the kind is known at run time only. */
interface AnySeries {
  set(value: number): void
  setTotal(total: number, exemplar?: unknown): void
  setTotals(totals: unknown): void
}

export interface AnyHandle extends AnySeries {
  labels(labels: object): AnySeries
}

/** The points of one metric on their way into core, each series once. */
export class PointRecording {
  readonly dropped = { not_a_number: 0, duplicate: 0, malformed: 0 }
  readonly #kind: SourceKind
  readonly #scratch: LabelScratch
  readonly #handle: AnyHandle
  readonly #isPlain: boolean
  readonly #seen = new Set<AnySeries>()

  constructor(kind: SourceKind, { scratch, handle }: { scratch: LabelScratch; handle: AnyHandle }) {
    this.#kind = kind
    this.#scratch = scratch
    this.#handle = handle
    this.#isPlain = scratch.names.length === 0
  }

  take(point: SourcePoint): void {
    const { dropped } = this
    if (!isNumber(this.#kind, point)) dropped.not_a_number++
    else if (!this.#scratch.fill(point.labels ?? {})) dropped.malformed++
    else {
      const series = this.#isPlain ? this.#handle : this.#handle.labels(this.#scratch.labels)
      if (this.#seen.has(series)) dropped.duplicate++
      else this.#record(series, point)
    }
  }

  #record(series: AnySeries, { value, exemplar }: SourcePoint): void {
    this.#seen.add(series)
    if (this.#kind === 'gauge') series.set(value as number)
    else if (this.#kind === 'counter') series.setTotal(value as number, exemplar)
    else series.setTotals(value)
  }
}

/** A poisoned total, or a gauge that has nothing to tell, is no number; core would make a series for it and warn. */
export function isNumber(kind: SourceKind, { value }: SourcePoint): boolean {
  if (kind === 'gauge') return !Number.isNaN(value)
  return Number.isFinite(typeof value === 'number' ? value : value.sum)
}
