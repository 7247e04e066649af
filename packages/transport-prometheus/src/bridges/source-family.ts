import type {
  ExponentialTotals,
  HistogramTotals,
  Logger,
  PluginContext,
  SourceExemplar,
  SummaryTotals,
} from '@tidegauge/core'
import type { BridgeInstruments } from './bridge-instruments.js'

/** The kinds that a foreign source may have. */
export type SourceKind = 'counter' | 'gauge' | 'histogram' | 'exponential_histogram' | 'summary'

/** One series as a source tells it. Label values may be anything; what is left out stands for the empty string. */
export interface SourcePoint {
  readonly labels: Readonly<Record<string, unknown>>
  /** A counter's total, a gauge's value, or the totals of a distribution. */
  readonly value: number | HistogramTotals | ExponentialTotals | SummaryTotals
  /** A counter's. */
  readonly exemplar?: SourceExemplar | undefined
}

/** One metric of a foreign source with everything that it has counted. */
export interface SourceFamily {
  readonly name: string
  readonly kind: SourceKind
  readonly help: string
  readonly unit?: string | undefined
  readonly dottedName?: string | undefined
  /** Labels that its series may have; more may come with the points. */
  readonly labelNames: readonly string[]
  readonly bounds?: readonly number[] | undefined
  readonly quantiles?: readonly number[] | undefined
  readonly maxBuckets?: number | undefined
  readonly points: readonly SourcePoint[]
}

/** Why a metric is left out: the values of the label `reason`. */
export const skipReasons = ['name_clash', 'invalid', 'unsupported'] as const
export type SkipReason = (typeof skipReasons)[number]

/** Why a sample is left out: the values of the label `reason`. */
export const dropReasons = ['not_a_number', 'duplicate', 'malformed'] as const
export type SampleDropReason = (typeof dropReasons)[number]

/** What a bridge needs of its plugin's context. */
export type BridgeContext = Pick<PluginContext<BridgeInstruments>, 'instruments' | 'define' | 'forget'> & {
  readonly logger: Logger
}
