import { UndoList } from '@tidegauge/attach'
import {
  parseAutoProviderOptions,
  type AutoProviderOptions,
  type AutoProviderSettings,
  type CidLike,
  type Way,
} from './auto-provider-options.js'
import { RecentBlocks } from './recent-blocks.js'
import { watchBlockstore, type BlockstoreLike } from './watch-blockstore.js'

/**
 * What became of a request: one of the routers resolved (`success`), or none (`failure`); or it was left out because of
 * the minimum interval (`skipped`), or because the auto-provider has stopped (`stopped`).
 */
export type ProvideOutcome = 'success' | 'failure' | 'skipped' | 'stopped'

/** How many requests may wait. */
export const MAX_WAITING = 10_000

/** Makes an auto-provider. Opens nothing. Throws `OPTIONS_INVALID`. */
export function createAutoProvider<C extends CidLike>(options: AutoProviderOptions<C>): AutoProvider<C> {
  return new AutoProvider(parseAutoProviderOptions(options))
}

/**
 * Advertises blocks to the routers of a node, each block at most once per interval, and counts what it leaves out as
 * `advertisements_total{target="all",result="skipped"}`.
 *
 * The interval of a block starts with its advertisement, however that ends.
 */
class AutoProvider<C extends CidLike> {
  readonly #settings: AutoProviderSettings<C>
  readonly #recent: RecentBlocks
  readonly #undo = new UndoList()
  /** Each gives its place to a request that waits. */
  readonly #waiting: (() => void)[] = []
  /** Advertisements that are open, and requests that are about to open one. */
  #open = 0
  /** Each aborts an advertisement that is open. */
  readonly #aborts = new Set<(reason: Error) => void>()
  #isStopped = false

  constructor(settings: AutoProviderSettings<C>) {
    this.#settings = settings
    this.#recent = new RecentBlocks(settings.minIntervalMs, settings.maxBlocks)
  }

  /**
   * Advertises a block, unless it was advertised within the interval. Waits while too many advertisements are open; a
   * request that finds 10,000 waiting is a failure at once, of `dht` where the plugin counts the results itself.
   * Does not reject.
   */
  async provide(cid: C): Promise<ProvideOutcome> {
    if (this.#isStopped) return 'stopped'
    const { advertisements, clock, ways } = this.#settings
    const block = String(cid)
    if (this.#recent.has(block, clock.monotonic())) {
      advertisements.skip()
      return 'skipped'
    }
    if (this.#waiting.length >= MAX_WAITING) {
      for (const { target = 'dht' } of ways) advertisements.failure(target)
      return 'failure'
    }
    this.#recent.add(block, clock.monotonic())
    await this.#waitForPlace()
    try {
      return this.#isStopped ? 'stopped' : await this.#advertise(cid)
    } finally {
      this.#leavePlace()
    }
  }

  /**
   * Advertises each block that is put into a blockstore from now on, in the background. Returns what ends that, and
   * restores the blockstore.
   */
  watch(blockstore: BlockstoreLike): () => void {
    const undo = watchBlockstore(blockstore, (cid) => void this.provide(cid as C).catch(() => {}))
    this.#undo.add(undo)
    return undo
  }

  /** Aborts what is open, drops what waits, and ends each {@link watch}. Later requests do nothing. */
  stop(): void {
    this.#isStopped = true
    this.#undo.run()
    for (const abort of this.#aborts) abort(new Error('the auto-provider has stopped'))
  }

  async #waitForPlace(): Promise<void> {
    if (this.#open < this.#settings.maxOpen) this.#open++
    else await new Promise<void>((start) => this.#waiting.push(start))
  }

  #leavePlace(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#open--
    else next()
  }

  async #advertise(cid: C): Promise<ProvideOutcome> {
    const { clock, ways, timeoutMs } = this.#settings
    this.#recent.add(String(cid), clock.monotonic())
    const controller = new AbortController()
    const abort = (reason: Error): void => controller.abort(reason)
    const cancel = clock.after(timeoutMs, () => abort(new Error(`no answer within ${timeoutMs} ms`)))
    this.#aborts.add(abort)
    try {
      const results = await Promise.all(ways.map((way) => this.#publish(way, cid, controller.signal)))
      return results.includes(true) ? 'success' : 'failure'
    } finally {
      cancel()
      this.#aborts.delete(abort)
    }
  }

  /** Whether one router accepted the record before the signal was aborted. */
  async #publish({ target, publish }: Way<C>, cid: C, signal: AbortSignal): Promise<boolean> {
    const { advertisements, clock } = this.#settings
    if (target !== undefined) advertisements.attempt(clock.now())
    try {
      await Promise.race([publish(cid, { signal }), rejectWhenAborted(signal)])
    } catch {
      if (target !== undefined) advertisements.failure(target)
      return false
    }
    if (target !== undefined) advertisements.success(target, clock.now())
    return true
  }
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

export type { AutoProvider }
