import { OptionCheck, systemClock, type Clock } from '@tidegauge/core'
import { safeGetMethod } from '@tidegauge/attach'
import type { AdvertisementCounts, AdvertisementTarget } from '../advertisement/counts.js'

/** The id of a block, such as a `CID` of multiformats. */
export interface CidLike {
  toString(): string
}

/** Publishes one provider record. Resolves when it was accepted; should end when the signal is aborted. */
export type Publish<C> = (cid: C, options: { readonly signal: AbortSignal }) => unknown

/** What a user passes to `createAutoProvider()`: the counts, and at least one of `routing`, `dht` and `delegated`. */
export interface AutoProviderOptions<C extends CidLike> {
  /** Where it counts: the `advertisements` of a recorder, which the plugin is given too. */
  readonly advertisements: AdvertisementCounts
  /**
   * A router whose advertisements the plugin counts itself, such as `helia.routing` beside `bitswap({ helia })`. The
   * auto-provider counts only what it leaves out.
   */
  readonly routing?: { provide: Publish<C> }
  /** Publishes to a DHT that the plugin does not see. Its results are counted as `dht`. */
  readonly dht?: Publish<C>
  /** Publishes to a router that the plugin does not see. Its results are counted as `delegated`. */
  readonly delegated?: Publish<C>
  /** The shortest time between two advertisements of one block; `0` for none. Default 300,000. */
  readonly minIntervalMs?: number
  /** How many blocks are remembered for the interval. Beyond it, the oldest are forgotten. Default 10,000. */
  readonly maxBlocks?: number
  /** How many advertisements are open at a time. The next ones wait. Default 8. */
  readonly maxOpen?: number
  /** How long one advertisement may take. Then it is aborted, which is a failure. Default 60,000. */
  readonly timeoutMs?: number
  /** Measures the interval, and dates attempts and successes. Default: the system's. */
  readonly clock?: Clock
}

/** One way in which a block is advertised. */
export interface Way<C> {
  /** Where its results are counted; undefined when the plugin counts them. */
  readonly target: AdvertisementTarget | undefined
  readonly publish: Publish<C>
}

/** The options, checked, with their defaults. */
export interface AutoProviderSettings<C> {
  readonly advertisements: AdvertisementCounts
  readonly ways: readonly Way<C>[]
  readonly minIntervalMs: number
  readonly maxBlocks: number
  readonly maxOpen: number
  readonly timeoutMs: number
  readonly clock: Clock
}

const names = [
  'advertisements',
  'routing',
  'dht',
  'delegated',
  'minIntervalMs',
  'maxBlocks',
  'maxOpen',
  'timeoutMs',
  'clock',
] as const

/** Checks everything. Throws `OPTIONS_INVALID` that names every wrong option. */
export function parseAutoProviderOptions<C extends CidLike>(
  options: AutoProviderOptions<C>,
): AutoProviderSettings<C> {
  const check = new OptionCheck('auto-provider')
  const given = check.object('', options ?? {}, names) as Partial<AutoProviderOptions<C>>
  const { advertisements, routing, dht, delegated, clock = systemClock } = given
  const counts = ['attempt', 'success', 'failure', 'skip']
  const isCounts = counts.every((name) => safeGetMethod(advertisements, name) !== undefined)
  check.expect(isCounts, 'advertisements', advertisements, 'the advertisements of createBitswapRecorder()')
  const provide = safeGetMethod(routing, 'provide')
  if (routing !== undefined)
    check.expect(provide !== undefined, 'routing', routing, 'an object with a function provide')
  for (const [name, publish] of Object.entries({ dht, delegated }))
    if (publish !== undefined) check.expect(typeof publish === 'function', name, publish, 'a function')
  const hasOne = [routing, dht, delegated].some((way) => way !== undefined)
  check.expect(hasOne, 'routing', routing, 'a router, when there is no dht and no delegated')
  check.expect(safeGetMethod(clock, 'monotonic') !== undefined, 'clock', clock, 'a clock of core')
  const numbers = {
    minIntervalMs: check.integer('minIntervalMs', given.minIntervalMs, 300_000, 0),
    maxBlocks: check.integer('maxBlocks', given.maxBlocks, 10_000, 1),
    maxOpen: check.integer('maxOpen', given.maxOpen, 8, 1),
    timeoutMs: check.integer('timeoutMs', given.timeoutMs, 60_000, 1),
  }
  check.assertNoIssues()
  return { advertisements: advertisements!, ways: waysOf({ routing, dht, delegated }), ...numbers, clock }
}

function waysOf<C extends CidLike>({
  routing,
  dht,
  delegated,
}: Pick<AutoProviderOptions<C>, 'routing' | 'dht' | 'delegated'>): Way<C>[] {
  const ways: Way<C>[] = []
  if (routing !== undefined)
    ways.push({ target: undefined, publish: (cid, options) => routing.provide(cid, options) })
  if (dht !== undefined) ways.push({ target: 'dht', publish: dht })
  if (delegated !== undefined) ways.push({ target: 'delegated', publish: delegated })
  return ways
}
