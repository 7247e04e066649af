export type {
  AdvertisementCounts,
  AdvertisementTarget,
  AdvertisementTotals,
  TargetTotals,
} from './advertisement/counts.js'
export { createAutoProvider, type AutoProvider, type ProvideOutcome } from './auto-provider/auto-provider.js'
export type { AutoProviderOptions, CidLike, Publish } from './auto-provider/auto-provider-options.js'
export type { BlockstoreLike } from './auto-provider/watch-blockstore.js'
export type { EventSourceLike, HeliaLike, HeliaOption } from './helia/shapes.js'
export type { Debtor, Debts } from './ledgers/debts.js'
export { instruments } from './metrics.js'
export type { BitswapOptions } from './options.js'
export { bitswap, type BitswapPlugin } from './plugin.js'
export { createBitswapRecorder, type BitswapRecorder, type RecordedLedger } from './recorder.js'
export type { BitswapSnapshot, BitswapSource } from './source.js'
export type { SendFailureReason, TrafficCounts, TrafficTotals } from './traffic/counts.js'
export type { WantlistState } from './wants/want-ages.js'
