import { isObject, safeGet, type UndoList } from '@tidegauge/attach'
import type { Clock, LogOnce, ReadPass } from '@tidegauge/core'
import type { RecordCache } from '../records/record-cache.js'
import type { RecordStates } from '../records/record-states.js'
import type { Attempt } from '../refreshes/attempt.js'
import type { AttemptTotals, ResultCounts } from '../refreshes/result-counts.js'
import type { RepublisherRuns } from '../republisher/runs.js'
import { PendingPuts } from '../routing/pending-puts.js'
import type { IpnsSnapshot } from '../source.js'
import { missingInternals } from './internals.js'
import { MethodObservers, type OnCall } from './observe-methods.js'
import { observePuts } from './observe-puts.js'
import { PutAttempts } from './put-attempts.js'
import { findRouters } from './routers.js'
import type { NodeLike } from './shapes.js'

/** What {@link NodeWatcher} is created with. */
export interface NodeWatcherDeps {
  readonly clock: Clock
  readonly logOnce: LogOnce
  /** Gets everything that restores the node. */
  readonly undo: UndoList
  readonly states: RecordStates
  /** What `states` counts into. */
  readonly totals: AttemptTotals
  /** Puts by router. */
  readonly routers: ResultCounts
  readonly cache: RecordCache
  readonly runs: RepublisherRuns
}

/** Watches one `IPNS` object with its node, from a start of the source to its stop. */
export class NodeWatcher {
  readonly #node: NodeLike
  readonly #deps: NodeWatcherDeps
  readonly #observers: MethodObservers
  readonly #attempts: PutAttempts
  readonly #pendingPuts: PendingPuts
  readonly #storeListeners: Readonly<Record<string, OnCall>>

  constructor(node: NodeLike, deps: NodeWatcherDeps) {
    this.#node = node
    this.#deps = deps
    this.#observers = new MethodObservers(deps.logOnce, deps.undo)
    this.#attempts = new PutAttempts(deps)
    this.#pendingPuts = new PendingPuts(deps.clock)
    this.#storeListeners = this.#createStoreListeners()
    this.#attach()
  }

  async read(pass: ReadPass): Promise<IpnsSnapshot> {
    const { clock, states, totals, routers, cache, runs } = this.#deps
    this.#attach()
    await cache.refresh(pass)
    const { records } = cache
    const nowMs = clock.now()
    if (records !== undefined) {
      states.update(records, cache.isCurrent)
      if (cache.isCurrent && runs.completedRunMs !== undefined)
        states.countSkipped(runs.completedRunMs, nowMs)
    }
    const isRunning = this.#isRepublisherRunning()
    return {
      ...(records !== undefined && { records: states.count(nowMs, isRunning ? runs.nextRunMs : undefined) }),
      ...totals.read(),
      routers: routers.read(),
      republisher: { ...(isRunning !== undefined && { isRunning }), runs: runs.totals },
      problems: this.#problems(),
    }
  }

  /** Observes what is there now, with routers that were added since the last time. */
  #attach(): void {
    const store = safeGet(this.#node.name, 'localStore')
    if (isObject(store))
      for (const [method, onCall] of Object.entries(this.#storeListeners))
        this.#observers.observe(store, method, onCall)
    const deps = { observers: this.#observers, routers: this.#deps.routers, pendingPuts: this.#pendingPuts }
    for (const found of findRouters(this.#node))
      observePuts(found, { ...deps, findAttempt: found.isEntry ? this.#findOrStart : this.#find })
  }

  readonly #find = (args: readonly unknown[]): Attempt | undefined => this.#attempts.find(args)

  readonly #findOrStart = (args: readonly unknown[]): Attempt | undefined => {
    const known = this.#attempts.find(args)
    if (known?.isOpen) return known
    // the record comes to the other routers next: those that were added since must be observed by then
    this.#attach()
    return this.#attempts.start(args)
  }

  /** Source: `IPNSRepublisher.#republish` of `@helia/ipns` (src/ipns/republisher.ts) starts each run with `list`. */
  #createStoreListeners(): Record<string, OnCall> {
    const { cache, runs } = this.#deps
    const onWrite: OnCall = () => {
      cache.invalidate()
      return { ended: () => cache.invalidate() }
    }
    const onList: OnCall = ([options]) => {
      this.#attach()
      cache.invalidate()
      const run = runs.runStarted(safeGet(options, 'signal') as AbortSignal | undefined)
      return { yielded: () => run.recordListed(), ended: (ok) => run.listingEnded(ok) }
    }
    return { list: onList, put: onWrite, delete: onWrite }
  }

  #isRepublisherRunning(): boolean | undefined {
    const isRunning = safeGet(this.#node.name, 'started')
    if (isRunning === false)
      this.#deps.logOnce.warn(
        'republisher',
        'the IPNS republisher does not run, so no record is refreshed: call start() on the object that ipns(helia) returned (it does not start by itself on a node that is already running)',
      )
    return typeof isRunning === 'boolean' ? isRunning : undefined
  }

  #problems(): string[] {
    const { cache, runs } = this.#deps
    const problems = [
      nodeProblem(this.#node),
      cache.problem,
      this.#pendingPuts.problem,
      runs.problem,
      missingInternals(this.#node),
    ]
    return problems.filter((problem) => problem !== undefined)
  }
}

/** A node without a status counts as running. */
function nodeProblem({ helia }: NodeLike): string | undefined {
  const status = safeGet(helia, 'status')
  return typeof status !== 'string' || status === 'started'
    ? undefined
    : `the Helia node is ${status}; it is measured again when it has started`
}
