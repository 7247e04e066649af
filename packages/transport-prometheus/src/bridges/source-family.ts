import type { ExponentialTotals, HistogramTotals, SourceExemplar, SummaryTotals } from '@tidegauge/core'

/** The kinds that a metric of another library may have. */
export type SourceKind = 'counter' | 'gauge' | 'histogram' | 'exponential_histogram' | 'summary'

/** One series of another library. Label values may be anything; a label that is left out is the empty string. */
export interface SourcePoint {
  readonly labels: Readonly<Record<string, unknown>>
  /** A counter's total, a gauge's value, or the totals of a distribution. */
  readonly value: number | HistogramTotals | ExponentialTotals | SummaryTotals
  /** Only on a counter; a histogram has exemplars in its totals. */
  readonly exemplar?: SourceExemplar | undefined
}

/** One metric of another library, with the totals of all its series. */
export interface SourceFamily {
  readonly name: string
  readonly kind: SourceKind
  readonly help: string
  readonly unit?: string | undefined
  readonly dottedName?: string | undefined
  /** Labels that its series may have; the points may have more. */
  readonly labelNames: readonly string[]
  readonly bounds?: readonly number[] | undefined
  readonly quantiles?: readonly number[] | undefined
  readonly maxBuckets?: number | undefined
  readonly points: readonly SourcePoint[]
}
