import type { Instrument, Successor } from '../storage/instrument.js'
import type { SeriesPlace } from '../storage/series-place.js'
import { ExponentialBuckets } from '../storage/exponential.js'
import type { SlidingWindow } from '../storage/sliding-window.js'
import { bucketOf } from './bucket-of.js'
import { dropReasonOf } from './bound-series.js'
import type {
  Distribution,
  Exemplar,
  ExponentialTotals,
  HistogramTotals,
  LabelledDistribution,
  LabelledTimer,
  RunningTimer,
  StopTimer,
  SummaryTotals,
  Timer,
} from '../definition/handles.js'
import type { AnyLabels } from './labelled.js'
import { Stopwatch } from './stopwatch.js'
import { SourceHandle, SourceSeries } from './following/source-series.js'
import { readExponential, readHistogram, readSummary } from './following/read-totals.js'
import { takeExponential, takeHistogram, takeSummary } from './following/take-totals.js'

type Place = ConstructorParameters<typeof SourceSeries>[1]

/** What the series of every distribution share. */
abstract class ObservedSeries extends SourceSeries {
  /** Without a place yet, or with a value that is not finite. A method, because a closure would cost each call. */
  protected observeSlowly(value: unknown, exemplar: Exemplar | undefined): void {
    const dropReason = dropReasonOf(value)
    const slot = dropReason === undefined ? this.place() : this.instrument.drop(dropReason, value)
    // only now: the series may have followed its instrument into another registry
    if (slot >= 0) recordIn(this.instrument, slot, value as number, exemplar)
  }
}

/** One series of a histogram over explicit bounds, or a stopwatch over one. */
export class HistogramSeries extends ObservedSeries implements Timer {
  #bounds: readonly number[]

  constructor(instrument: Instrument, place: Place) {
    super(instrument, place)
    this.#bounds = instrument.definition.bounds
  }

  observe(value: number, exemplar?: Exemplar): void {
    if (typeof value === 'number' && value - value === 0 && this.at >= 0) {
      const bounds = this.#bounds
      const bucket = bucketOf(bounds, value)
      const page = this.page
      page[this.at + bucket] += 1
      page[this.at + bounds.length + 1] += value
      if (exemplar !== undefined) this.instrument.keepExemplar(this.slot, bucket, value, exemplar)
    } else this.observeSlowly(value, exemplar)
  }

  protected override moved(to: Successor, labels: Readonly<Record<string, unknown>>): void {
    super.moved(to, labels)
    this.#bounds = to.instrument.definition.bounds
  }

  setTotals(reported: HistogramTotals): void {
    this.takeOver(reported, readHistogram, takeHistogram)
  }

  start(): RunningTimer {
    return startTimer(this.instrument, (seconds, exemplar) => this.observe(seconds, exemplar))
  }
}

/**
 * One series of an exponential histogram. It and {@link SummarySeries} are classes of their own so that each call
 * to a state has one shape, and passes its number without boxing it.
 */
export class ExponentialSeries extends ObservedSeries implements Timer {
  observe(value: number, exemplar?: Exemplar): void {
    if (typeof value === 'number' && value - value === 0 && this.slot >= 0) {
      ;(this.instrument.states[this.slot] as ExponentialBuckets).observe(value)
      if (exemplar !== undefined) this.instrument.keepExemplar(this.slot, 0, value, exemplar)
    } else this.observeSlowly(value, exemplar)
  }

  setTotals(reported: ExponentialTotals): void {
    this.takeOver(reported, readExponential, takeExponential)
  }

  start(): RunningTimer {
    return startTimer(this.instrument, (seconds, exemplar) => this.observe(seconds, exemplar))
  }
}

/** One series of a summary. Exemplars are for histograms and counters: it takes none. */
export class SummarySeries extends ObservedSeries implements Timer {
  observe(value: number): void {
    if (typeof value === 'number' && value - value === 0 && this.slot >= 0)
      (this.instrument.states[this.slot] as SlidingWindow).observe(value)
    else this.observeSlowly(value, undefined)
  }

  setTotals(reported: SummaryTotals): void {
    const { quantiles } = this.instrument.definition
    this.takeOver(reported, (given) => readSummary(given, quantiles.length), takeSummary)
  }

  start(): RunningTimer {
    return startTimer(this.instrument, (seconds) => this.observe(seconds))
  }
}

type DistributionSeries = HistogramSeries | ExponentialSeries | SummarySeries

/** A histogram, exponential histogram, summary or timer with labels. */
export class DistributionHandle
  extends SourceHandle<DistributionSeries>
  implements LabelledDistribution<AnyLabels>, LabelledTimer<AnyLabels>
{
  observe(labels: AnyLabels, value: number, exemplar?: Exemplar): void {
    const { instrument } = this
    const dropReason = dropReasonOf(value)
    if (dropReason !== undefined) return void instrument.drop(dropReason, value)
    const place = instrument.placeFor(labels)
    if (place !== undefined) return recordAt(instrument, place, value, exemplar)
    const slot = instrument.slotFor(labels)
    if (slot >= 0) recordIn(instrument, slot, value, exemplar)
  }

  start(labels: AnyLabels): RunningTimer
  start(): StopTimer<AnyLabels>
  start(labels?: AnyLabels): RunningTimer | StopTimer<AnyLabels> {
    // bound now: the caller may use the labels object again before the stopwatch ends
    if (labels !== undefined) return this.labels(labels).start()
    const stopwatch = new Stopwatch(this.instrument.clock)
    return (atEnd, exemplar) => stopwatch.stop((seconds) => this.observe(atEnd, seconds, exemplar))
  }

  setTotals(labels: AnyLabels, reported: HistogramTotals & ExponentialTotals & SummaryTotals): void {
    this.labels(labels).setTotals(reported)
  }

  protected createSeries(place: Place): DistributionSeries {
    return createDistribution(this.instrument, place)
  }
}

/** The bound series of the instrument's kind of distribution. */
export function createDistribution(instrument: Instrument, place: Place): DistributionSeries {
  const { kind } = instrument.definition
  if (kind === 'histogram') return new HistogramSeries(instrument, place)
  return kind === 'summary' ? new SummarySeries(instrument, place) : new ExponentialSeries(instrument, place)
}

function recordIn(instrument: Instrument, slot: number, value: number, exemplar: Exemplar | undefined): void {
  const { cells, definition } = instrument
  if (definition.kind !== 'histogram') return recordInState(instrument, slot, value, exemplar)
  const bucket = addTo(cells.pageFor(slot), cells.indexOf(slot), definition.bounds, value)
  if (exemplar !== undefined) instrument.keepExemplar(slot, bucket, value, exemplar)
}

/** The same for labels that the cache knew. */
function recordAt(
  instrument: Instrument,
  place: SeriesPlace,
  value: number,
  exemplar: Exemplar | undefined,
): void {
  const { kind, bounds } = instrument.definition
  if (kind !== 'histogram') return recordInState(instrument, place.slot, value, exemplar)
  const bucket = addTo(place.page, place.at, bounds, value)
  if (exemplar !== undefined) instrument.keepExemplar(place.slot, bucket, value, exemplar)
}

/** Adds a value to a histogram's numbers, and returns its bucket. */
function addTo(page: Float64Array, at: number, bounds: readonly number[], value: number): number {
  const bucket = bucketOf(bounds, value)
  page[at + bucket] += 1
  page[at + bounds.length + 1] += value
  return bucket
}

function recordInState(
  instrument: Instrument,
  slot: number,
  value: number,
  exemplar: Exemplar | undefined,
): void {
  const state = instrument.states[slot] as ExponentialBuckets | SlidingWindow
  state.observe(value)
  if (exemplar !== undefined && state instanceof ExponentialBuckets)
    instrument.keepExemplar(slot, 0, value, exemplar)
}

function startTimer(instrument: Instrument, record: Distribution['observe']): RunningTimer {
  const stopwatch = new Stopwatch(instrument.clock)
  const stop = (exemplar?: Exemplar): number => stopwatch.stop((seconds) => record(seconds, exemplar))
  return { stop, [Symbol.dispose]: () => void stop() }
}
