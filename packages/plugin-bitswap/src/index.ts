export type {
  AdvertisementTally,
  AdvertisementTarget,
  AdvertisementTotals,
  TargetTotals,
} from './advertisement/tally.js'
export type { HeliaOption } from './helia/helia-source.js'
export type { EventSourceLike, HeliaLike } from './helia/shapes.js'
export type { Debtor, Debts } from './ledgers/debts.js'
export { instruments } from './metrics.js'
export type { BitswapOptions } from './options.js'
export { bitswap, type BitswapPlugin } from './plugin.js'
export { createBitswapRecorder, type BitswapRecorder, type RecordedLedger } from './recorder.js'
export type { BitswapSnapshot, BitswapSource, BitswapSourceContext } from './source/source.js'
export type { SendFailureReason, TrafficTally, TrafficTotals } from './traffic/totals.js'
export type { WantlistState } from './wants/want-ages.js'
