import type { InstrumentDefinition, InstrumentTable, LabelSpec } from './definition.js'

/** A label's value as a caller may give it; numbers and booleans are written as text. */
export type LabelValue = string | number | boolean

/** A trace or event that explains one measurement. Labels of at most 128 characters in all. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>
  /** Seconds since the Unix epoch. Default: now. */
  readonly timestampSeconds?: number
}

/** An exemplar of a source that counts by itself, with the value that it explains. */
export interface SourceExemplar extends Exemplar {
  readonly value: number
}

/** One series of a counter. Recording never throws: a bad value is dropped, counted and reported once. */
export interface Counter {
  /** Adds `value` (default 1), which must be finite and not negative. One array write. */
  inc(value?: number, exemplar?: Exemplar): void
  /** Takes over the total of a source that counts by itself; a smaller total counts as its reset. */
  setTotal(total: number, exemplar?: SourceExemplar): void
}

/** One series of an up-down counter. */
export interface UpDownCounter {
  /** Adds a finite `value` (default 1), negative ones too. */
  inc(value?: number): void
  /** Takes away a finite `value` (default 1). */
  dec(value?: number): void
}

/** One series of a gauge. */
export interface Gauge {
  /** Sets the value: any number but NaN. */
  set(value: number): void
  /** Adds a finite `value` (default 1). */
  inc(value?: number): void
  /** Subtracts a finite `value` (default 1). */
  dec(value?: number): void
  /** Removes the series until it is set again. */
  remove(): void
}

/** One series of a histogram or summary. */
export interface Distribution {
  /** Records one value: any finite number. */
  observe(value: number, exemplar?: Exemplar): void
}

/** What a source has counted in a histogram since it began. */
export interface HistogramTotals {
  /**
   * The source's finite, ascending upper bounds. Where a view gave the instrument others, a bucket's count goes to the
   * first of those that is not below its bound.
   */
  readonly bounds: readonly number[]
  /** The count of each bucket by itself, `+Inf` last: one more than bounds. */
  readonly buckets: readonly number[]
  readonly sum: number
  /** The latest exemplar of each bucket, where there is one. */
  readonly exemplars?: readonly (SourceExemplar | undefined)[]
}

/** The counts of adjacent buckets of one sign, the first of which has the index `offset`. */
export interface ExponentialRun {
  readonly offset: number
  readonly counts: readonly number[]
}

/** What a source has counted in a base-2 exponential histogram since it began. */
export interface ExponentialTotals {
  readonly scale: number
  readonly zeroCount: number
  readonly positive: ExponentialRun
  readonly negative: ExponentialRun
  readonly sum: number
}

/** A summary as its source reports it: quantiles as they are now, and totals since it started. */
export interface SummaryTotals {
  /** The values at the instrument's quantiles, in their order; NaN where there is none. */
  readonly quantiles: readonly number[]
  readonly sum: number
  readonly count: number
}

/** One series of a distribution that can also take over what a source counts by itself. */
export interface TotalledDistribution<T> extends Distribution {
  /**
   * Takes over the totals of a source that counts by itself, whole; smaller counts count as its reset. A summary's
   * quantiles are kept as they were reported, instead of those of values that were observed here; where a view has made
   * one series of several there are none. A series is either reported or observed.
   */
  setTotals(totals: T): void
}

/** A stopwatch that runs. `using` stops it at the end of the block. */
export interface RunningTimer {
  /** Records the seconds since the start, once, and returns them. */
  stop(exemplar?: Exemplar): number
  [Symbol.dispose](): void
}

/** Stops a timer: records the seconds since its start under these labels, once, and returns them. */
export type StopTimer<L> = (labels: L, exemplar?: Exemplar) => number

/** A distribution of seconds with a stopwatch. */
export interface Timer extends Distribution {
  /**
   * Starts a stopwatch. Its `stop()` records the seconds and returns them; `using` stops it at the end of the block.
   */
  start(): RunningTimer
}

/** Facts about something: `set` replaces what was reported before. */
export interface Info<L> {
  /** Sets the facts, in place of those before. */
  set(labels: L): void
}

/** The states of one thing. */
export interface StateSet<S extends string> {
  /** Turns `state` on and every other off. */
  set(state: S): void
  /** Turns one state on or off. */
  toggle(state: S, on: boolean): void
}

/** What every instrument with labels can do beside recording. */
export interface Labelled<L, Series> {
  /** The series of these labels, to keep on a hot path. */
  labels(labels: L): Series
  /** Forgets one series; one that a view has made of several stays. */
  remove(labels: L): void
  /** Forgets every series. */
  clear(): void
}

export interface LabelledCounter<L> extends Labelled<L, Counter> {
  inc(labels: L, value?: number, exemplar?: Exemplar): void
  setTotal(labels: L, total: number, exemplar?: SourceExemplar): void
}

export interface LabelledUpDownCounter<L> extends Labelled<L, UpDownCounter> {
  inc(labels: L, value?: number): void
  dec(labels: L, value?: number): void
}

export interface LabelledGauge<L> extends Labelled<L, Gauge> {
  set(labels: L, value: number): void
  inc(labels: L, value?: number): void
  dec(labels: L, value?: number): void
}

export interface LabelledDistribution<L> extends Labelled<L, Distribution> {
  observe(labels: L, value: number, exemplar?: Exemplar): void
}

export interface LabelledTotalledDistribution<L, T> extends Labelled<L, TotalledDistribution<T>> {
  observe(labels: L, value: number, exemplar?: Exemplar): void
  setTotals(labels: L, totals: T): void
}

export interface LabelledTimer<L> extends Labelled<L, Timer> {
  observe(labels: L, value: number, exemplar?: Exemplar): void
  start(labels: L): RunningTimer
  /** Starts a timer whose labels are known at its end only, as those of a request with its status. */
  start(): StopTimer<L>
}

export interface LabelledStateSet<L, S extends string> extends Labelled<L, StateSet<S>> {
  set(labels: L, state: S): void
}

type ValueOf<S extends LabelSpec> = S extends readonly string[]
  ? S[number]
  : S extends { readonly values: readonly string[] }
    ? S['values'][number]
    : LabelValue

/** The labels object that a definition asks for. */
export type LabelsOf<D> = D extends { readonly labels: infer S extends Record<string, LabelSpec> }
  ? { readonly [K in keyof S]: ValueOf<S[K]> }
  : Record<never, never>

type HasLabels<D> = D extends { readonly labels: infer S }
  ? [keyof S] extends [never]
    ? false
    : true
  : false

type Either<D, Plain, WithLabels> = HasLabels<D> extends true ? WithLabels : Plain

interface TotalsOf {
  readonly histogram: HistogramTotals
  readonly exponential_histogram: ExponentialTotals
  readonly summary: SummaryTotals
}

/** The handle that a definition gives: of one series, or of a family when it has labels. */
export type HandleOf<D extends InstrumentDefinition> = D extends { readonly kind: 'counter' }
  ? Either<D, Counter, LabelledCounter<LabelsOf<D>>>
  : D extends { readonly kind: 'up_down_counter' }
    ? Either<D, UpDownCounter, LabelledUpDownCounter<LabelsOf<D>>>
    : D extends { readonly kind: 'gauge' }
      ? Either<D, Gauge, LabelledGauge<LabelsOf<D>>>
      : D extends { readonly kind: infer K extends keyof TotalsOf }
        ? Either<D, TotalledDistribution<TotalsOf[K]>, LabelledTotalledDistribution<LabelsOf<D>, TotalsOf[K]>>
        : D extends { readonly kind: 'timer' }
          ? Either<D, Timer, LabelledTimer<LabelsOf<D>>>
          : D extends { readonly kind: 'info' }
            ? Info<LabelsOf<D>>
            : D extends { readonly kind: 'state_set'; readonly states: readonly (infer S extends string)[] }
              ? Either<D, StateSet<S>, LabelledStateSet<LabelsOf<D>, S>>
              : undefined

/** The handles of a whole table, under the same keys. A rate has none: it follows its counter. */
export type Handles<T extends InstrumentTable> = { readonly [K in keyof T]: HandleOf<T[K]> }
