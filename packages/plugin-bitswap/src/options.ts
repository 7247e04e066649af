import { OptionCheck } from '@tidegauge/core'
import { HeliaSource, type HeliaOption } from './helia/helia-source.js'
import type { BitswapSource } from './source/source.js'

/** What a user passes to `bitswap()`: the node, or another source of figures. */
export type BitswapOptions =
  | {
      /** A Helia node, started or not; or a function that tells which it is now, or undefined when there is none. */
      readonly helia: HeliaOption
      readonly source?: undefined
    }
  | {
      readonly helia?: undefined
      /** Where the figures of another stack come from, such as `createBitswapRecorder()`. */
      readonly source: BitswapSource
    }

/** Checks everything, and makes the source. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseOptions(options: BitswapOptions): BitswapSource {
  const check = new OptionCheck('plugin "bitswap"')
  const { helia, source } = check.object('', options ?? {}, ['helia', 'source']) as {
    readonly helia?: unknown
    readonly source?: unknown
  }
  if (helia !== undefined) check.expect(isHelia(helia), 'helia', helia, HELIA)
  if (source !== undefined) check.expect(isSource(source), 'source', source, SOURCE)
  if (check.issues.length === 0) {
    check.expect(
      helia !== undefined || source !== undefined,
      'helia',
      helia,
      `${HELIA}, when there is no source`,
    )
    check.expect(helia === undefined || source === undefined, 'source', source, 'to be left out beside helia')
  }
  check.assertNoIssues()
  return source === undefined ? new HeliaSource(helia as HeliaOption) : (source as BitswapSource)
}

const HELIA = 'a Helia node, as createHelia returns it, or a function that returns one'
const SOURCE = 'an object with a function read, and start and stop if it needs them'

/** By what has always been a Helia's: whether the rest fits is told when it is read. */
function isHelia(value: unknown): boolean {
  const { addRouter, blockstore } = Object(value) as { addRouter?: unknown; blockstore?: unknown }
  return typeof value === 'function' || typeof addRouter === 'function' || typeof blockstore === 'object'
}

function isSource(value: unknown): boolean {
  const { read, start, stop } = Object(value) as Partial<BitswapSource>
  const isOptional = (part: unknown): boolean => part === undefined || typeof part === 'function'
  return typeof read === 'function' && isOptional(start) && isOptional(stop)
}
