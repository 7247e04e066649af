export { defaultGroups, type GroupFunction, type GroupTable } from './bandwidth/groups.js'
export type { BandwidthTotals, ConnectionTotals, ProtocolTotals } from './bandwidth/traffic-counts.js'
export type { ByDirection, Direction } from './direction.js'
export type { ForwardFactory, MetricsFactory, MetricsLike } from './js-libp2p/metrics/metrics-like.js'
export type { ObservableNode } from './js-libp2p/shapes.js'
export { instruments } from './metrics.js'
export type { ModuleDefinition } from './modules/definition.js'
export type { ModuleValues, WriteValue } from './modules/module-metric.js'
export type { ModuleFilter } from './modules/registry.js'
export type { Libp2pNodeOptions, Libp2pOptions, Libp2pSourceOptions, WebtransportOptions } from './options.js'
export { libp2p, type Libp2pPlugin } from './plugin.js'
export {
  createLibp2pRecorder,
  type Libp2pRecorder,
  type RecordedConnection,
  type RecordedStream,
} from './recorder.js'
export type { DialOutcome, DialTotals } from './resources/dials.js'
export type { Pools, PoolValue } from './resources/pools.js'
export type { RefusalReason, RefusalTotals } from './resources/refusals.js'
export type { OpenCounts } from './resources/usage.js'
export { libp2pService, type Libp2pService } from './service.js'
export type { Libp2pSnapshot, Libp2pSource } from './source.js'
export type {
  ByHandshakeState,
  WebtransportRejection,
  WebtransportSnapshot,
  WebtransportSource,
} from './webtransport/snapshot.js'
