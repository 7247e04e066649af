// For hosts: create one, add plugins and transports, record own metrics.
export { systemClock, type Clock } from './clock.js'
export type { ComponentHealth, ComponentState, HealthReport, HostDescription } from './contract/report.js'
export { errorCodes, type ErrorCode } from './errors/codes.js'
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
export type { TidegaugeOptions, UseOptions } from './host/options.js'
export { selfInstruments } from './host/self-metrics.js'
export { createTidegauge } from './host/create-tidegauge.js'
export { instruments, type InstrumentSet } from './host/instrument-set.js'
export type { HostState, Tidegauge } from './host/tidegauge.js'
export { silentLogger, type Logger } from './logger.js'
export type { PrivacyMode, PrivacyRules } from './registry/privacy.js'
export type { View } from './registry/views.js'
export { coreVersion } from './version.js'

// For plugins: define instruments, record in them, implement the contract.
export type {
  Activity,
  ActivityOptions,
  ActivityOutcome,
  AttributeDefinition,
  Attributes,
  AttributeTable,
  AttributeValue,
  EventListener,
  EventRecord,
  EventSink,
  PluginEvent,
  RecordSource,
  Severity,
} from './contract/events.js'
export {
  apiLevel,
  definePlugin,
  type CollectContext,
  type DeadlineContext,
  type Plugin,
  type PluginContext,
} from './contract/plugin.js'
export type { ReadPass, Snapshot, Source, SourceContext } from './contract/source.js'
export { sourcePlugin, type SourcePluginParts } from './contract/source-plugin.js'
export { defineInstruments } from './definition/definition.js'
export type {
  CounterDefinition,
  ExponentialHistogramDefinition,
  GaugeDefinition,
  HistogramDefinition,
  InfoDefinition,
  InstrumentDefinition,
  InstrumentTable,
  KnownFields,
  LabelDefinition,
  LabelSpec,
  LabelSpecs,
  PrivacyClass,
  RateDefinition,
  Reduction,
  SeriesKind,
  StateSetDefinition,
  SummaryDefinition,
  TimerDefinition,
  UpDownCounterDefinition,
} from './definition/definition.js'
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
  StopTimer,
  SummaryTotals,
  Timer,
  TotalledDistribution,
  UpDownCounter,
} from './definition/handles.js'
export { describeThrown, describeValue } from './errors/describe.js'
export { OptionCheck } from './errors/option-check.js'
export { LogOnce } from './log-once.js'

// For transports: read families and series, report how exports ended.
export type { CollectRequest, ExportOutcome, Transport, TransportContext } from './contract/transport.js'
export type { DropReason } from './definition/drop-reason.js'
export type { FamilyPart, FamilyView, ReadFilter } from './registry/reading.js'
export type { SeriesReader } from './registry/series-reader.js'
export { bucketUpperBound, type BucketRun, type ExponentialBuckets } from './storage/exponential.js'
export type { StoredExemplar } from './storage/exemplar-store.js'
export { OVERFLOW_VALUE } from './storage/instrument.js'
export type { StringPool } from './storage/string-pool.js'
