export { systemClock, type Clock } from './clock.js'
export { errorCodes, type ErrorCode } from './errors/codes.js'
export { describeThrown, describeValue } from './errors/describe.js'
export {
  CollectError,
  ExportError,
  LifecycleError,
  OptionsError,
  RegistrationError,
  TidegaugeError,
  type ErrorDetails,
  type OptionIssue,
} from './errors/errors.js'
export { OptionCheck } from './errors/option-check.js'
export type {
  Activity,
  AttributeValue,
  EventListener,
  EventRecord,
  EventSink,
  Severity,
  TideEvent,
} from './events/events.js'
export type { TidegaugeOptions, UseOptions } from './host/options.js'
export type { ComponentHealth, ComponentState, HealthReport, HostDescription } from './host/report.js'
export { selfInstruments } from './host/self-metrics.js'
export { createTidegauge, type HostState, type Tidegauge } from './host/tidegauge.js'
export { defineInstruments } from './instruments/definition.js'
export type {
  CounterDefinition,
  ExponentialHistogramDefinition,
  GaugeDefinition,
  HistogramDefinition,
  InfoDefinition,
  InstrumentDefinition,
  InstrumentTable,
  LabelDefinition,
  LabelSpec,
  LabelSpecs,
  PrivacyClass,
  RateDefinition,
  SeriesKind,
  StateSetDefinition,
  SummaryDefinition,
  TimerDefinition,
  UpDownCounterDefinition,
} from './instruments/definition.js'
export type {
  Counter,
  Distribution,
  Exemplar,
  ExponentialRun,
  ExponentialTotals,
  Gauge,
  HandleOf,
  Handles,
  HistogramTotals,
  Info,
  Labelled,
  LabelledCounter,
  LabelledDistribution,
  LabelledGauge,
  LabelledStateSet,
  LabelledTimer,
  LabelledTotalledDistribution,
  LabelledUpDownCounter,
  LabelsOf,
  LabelValue,
  RunningTimer,
  SourceExemplar,
  StateSet,
  SummaryTotals,
  Timer,
  TotalledDistribution,
  UpDownCounter,
} from './instruments/handles.js'
export { silentLogger, type Logger } from './logger.js'
export { Calculation, settleInTime } from './plugin/calculation.js'
export { followGenerator, type GeneratorListener } from './plugin/follow-generator.js'
export { isFunction, isObject, isThenable, peek, peekMethod, type AnyFunction } from './plugin/foreign.js'
export { Notices } from './plugin/notices.js'
export { hearOutcome, type OutcomeListener } from './plugin/outcome.js'
export { collectParts } from './plugin/parts.js'
export {
  apiLevel,
  definePlugin,
  type CollectContext,
  type Plugin,
  type PluginContext,
} from './plugin/plugin.js'
export { tapMethod, type Tap } from './plugin/tap-method.js'
export { replaceMethod, UndoList, type Undo } from './plugin/undo.js'
export type { StoredExemplar } from './registry/exemplar-store.js'
export type { DropReason } from './registry/drop-reason.js'
export { OVERFLOW_VALUE, type Instrument } from './registry/instrument.js'
export type { PrivacyMode, PrivacyRules } from './registry/privacy.js'
export type { FamilyView, ReadFilter } from './registry/reading.js'
export { SeriesReader } from './registry/series-reader.js'
export type { Reduction, View } from './registry/views.js'
export { bucketUpperBound, type BucketRun, type ExponentialBuckets } from './storage/exponential.js'
export type { SlidingWindow } from './storage/sliding-window.js'
export type { StringPool } from './storage/string-pool.js'
export type { CollectRequest, ExportOutcome, Transport, TransportContext } from './transport/transport.js'
export { coreVersion } from './version.js'
