export type {
  AdvertisementCounts,
  AdvertisementTarget,
  AdvertisementTotals,
  TargetTotals,
} from './advertisement/counts.js'
export type { EventSourceLike, HeliaLike, HeliaOption } from './helia/shapes.js'
export type { Debtor, Debts } from './ledgers/debts.js'
export { instruments } from './metrics.js'
export type { BitswapOptions } from './options.js'
export { bitswap, type BitswapPlugin } from './plugin.js'
export { createBitswapRecorder, type BitswapRecorder, type RecordedLedger } from './recorder.js'
export type { BitswapSnapshot, BitswapSource } from './source.js'
export type { SendFailureReason, TrafficCounts, TrafficTotals } from './traffic/counts.js'
export type { WantlistState } from './wants/want-ages.js'
