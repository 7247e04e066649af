export type { DatastoreLike, HeliaLike, IpnsLike, KeyLike, PairLike } from './helia/shapes.js'
export { instruments } from './metrics.js'
export type { HeliaOptions, IpnsOptions, SourceOptions } from './options.js'
export { ipns, type IpnsPlugin } from './plugin.js'
export {
  createIpnsRecorder,
  type IpnsRecorder,
  type IpnsRecorderOptions,
  type RecordInfo,
} from './recorder.js'
export type { IpnsRecord, NamespaceFunction } from './records/record.js'
export type {
  ByName,
  IpnsResult,
  IpnsSnapshot,
  IpnsSource,
  RecordCounts,
  RefreshTotals,
  RepublisherState,
  ResultTotals,
} from './source.js'
