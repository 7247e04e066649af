import { OptionCheck } from '@tidegauge/core'
import type { AdvertisementTotals, TargetTotals } from './advertisement/counts.js'
import type { HeliaOption } from './helia/shapes.js'
import type { BitswapSource } from './source.js'

/** What a user passes to `bitswap()`: a node, or another source. Exactly one of them. */
export type BitswapOptions =
  | {
      /**
       * A Helia node, started or not; or a function that returns the present node, or undefined when there is none,
       * and is called at each pass.
       */
      readonly helia: HeliaOption
      /**
       * Advertisements that the plugin does not see in the node, such as an auto-provider's: the `advertisements` of a
       * recorder. They are read at each pass and added to the node's own.
       */
      readonly advertisements?: AdvertisementTotals
      readonly source?: undefined
    }
  | {
      readonly helia?: undefined
      readonly advertisements?: undefined
      /** A source for another stack, such as `createBitswapRecorder()`. */
      readonly source: BitswapSource
    }

/** The options, checked. */
export type BitswapSettings = BitswapOptions

const HELIA = 'a Helia node, as createHelia returns it, or a function that returns one'
const SOURCE = 'an object with a function read, and start and stop if it needs them'
const ADVERTISEMENTS = 'the advertisements of a recorder: dht and delegated with counts, and skipped'

/** Checks everything. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: BitswapOptions): BitswapSettings {
  const check = new OptionCheck('plugin "bitswap"')
  const given = check.object('', options ?? {}, ['helia', 'source', 'advertisements'])
  const { helia, source, advertisements } = given as Readonly<Record<string, unknown>>
  if (helia !== undefined) check.expect(isHelia(helia), 'helia', helia, HELIA)
  if (source !== undefined) check.expect(isSource(source), 'source', source, SOURCE)
  if (advertisements !== undefined)
    check.expect(isTotals(advertisements), 'advertisements', advertisements, ADVERTISEMENTS)
  if (check.issues.length === 0) {
    const hasOne = helia !== undefined || source !== undefined
    check.expect(hasOne, 'helia', helia, `${HELIA}, when there is no source`)
    check.expect(helia === undefined || source === undefined, 'source', source, 'to be left out beside helia')
    const isBesideHelia = advertisements === undefined || source === undefined
    const elsewhere = 'to be left out beside source, whose snapshot has its own'
    check.expect(isBesideHelia, 'advertisements', advertisements, elsewhere)
  }
  check.assertNoIssues()
  return { helia, source, advertisements } as BitswapSettings
}

/** By what every Helia has; whether the rest fits shows when the node is read. */
function isHelia(value: unknown): boolean {
  const { addRouter, blockstore } = Object(value) as { addRouter?: unknown; blockstore?: unknown }
  return typeof value === 'function' || typeof addRouter === 'function' || typeof blockstore === 'object'
}

function isSource(value: unknown): boolean {
  const { read, start, stop } = Object(value) as Partial<BitswapSource>
  const isOptional = (part: unknown): boolean => part === undefined || typeof part === 'function'
  return typeof read === 'function' && isOptional(start) && isOptional(stop)
}

function isTotals(value: unknown): boolean {
  const { dht, delegated, skipped } = Object(value) as Partial<AdvertisementTotals>
  const isTarget = (target: unknown): boolean => {
    const { success, failure } = Object(target) as Partial<TargetTotals>
    return typeof success === 'number' && typeof failure === 'number'
  }
  return isTarget(dht) && isTarget(delegated) && typeof skipped === 'number'
}
