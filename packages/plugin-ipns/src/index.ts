export type { NamespaceFunction } from './helia/naming.js'
export type { DatastoreLike, HeliaLike, IpnsLike, KeyLike, PairLike } from './helia/shapes.js'
export type { IpnsRecord } from './helia/stored-records.js'
export { instruments } from './metrics.js'
export type { HeliaOptions, IpnsOptions, SourceOptions } from './options.js'
export { ipns, type IpnsPlugin } from './plugin.js'
export {
  createIpnsRecorder,
  type IpnsRecorder,
  type IpnsRecorderOptions,
  type RecordFacts,
} from './recorder.js'
export type {
  ByName,
  IpnsPass,
  IpnsResult,
  IpnsSnapshot,
  IpnsSource,
  IpnsSourceContext,
  RecordFigures,
  RefreshFigures,
  RepublisherFigures,
  ResultTotals,
} from './source.js'
