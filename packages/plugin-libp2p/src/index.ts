export { defaultGroups, type GroupFunction, type GroupTable } from './bandwidth/groups.js'
export type {
  CounterGroupLike,
  CounterLike,
  DistributionGroupLike,
  DistributionLike,
  ForwardFactory,
  GaugeGroupLike,
  GaugeLike,
  GroupSteps,
  GroupValues,
  MetricOptionsLike,
  MetricsFactory,
  MetricsLike,
  StopTimer,
} from './hook/metrics-like.js'
export type { TraceCall, TraceObserver } from './hook/traces.js'
export { instruments } from './metrics.js'
export type { ModuleFilter } from './modules/registry.js'
export type {
  AddressLike,
  ConnectionLike,
  Direction,
  EventSourceLike,
  MessageStreamLike,
  ObservableNode,
  StreamLike,
  TimelineLike,
  TransportConnectionLike,
} from './node/shapes.js'
export type { Libp2pOptions, WebtransportOptions } from './options.js'
export { libp2p, type Libp2pPlugin } from './plugin.js'
export type {
  ByHandshakeState,
  WebtransportRejection,
  WebtransportSnapshot,
  WebtransportSource,
} from './webtransport/source.js'
