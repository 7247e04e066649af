import { isObject, safeGet, UndoList } from '@tidegauge/attach'
import type { Clock, LogOnce, ReadPass } from '@tidegauge/core'
import { RecordCache } from '../records/record-cache.js'
import type { RecordStates } from '../records/record-states.js'
import type { Attempt } from '../refreshes/attempt.js'
import { RepublisherRuns } from '../republisher/runs.js'
import { PendingPuts } from '../routing/pending-puts.js'
import type { ByName, RecordCounts } from '../source.js'
import type { NodeCounts } from './node-counts.js'
import { stoppedProblem } from './node-status.js'
import { MethodObservers, type OnCall } from './observe-methods.js'
import { observePuts } from './observe-puts.js'
import { PutAttempts } from './put-attempts.js'
import { findRouters } from './routers.js'
import { ShapeCheck } from './shape-check.js'
import type { DatastoreLike, NodeLike } from './shapes.js'
import { readStoredRecords } from './stored-records.js'

/** What {@link NodeWatcher} is created with. */
export interface NodeWatcherDeps {
  readonly clock: Clock
  readonly logOnce: LogOnce
  /** What `counts.attempts` is counted through. */
  readonly states: RecordStates
  readonly counts: NodeCounts
  readonly republishIntervalMs: number
  readonly recordsMaxAgeMs: number
  /** Whether another node may take the place of this one, because the user passed functions. */
  readonly isReplaceable: boolean
}

/** The present state of a node. What is left out is not known. */
export interface NodeState {
  readonly records?: ByName<RecordCounts>
  readonly isRepublisherRunning?: boolean
  readonly problems: readonly string[]
}

/** Watches one `IPNS` object with its node, until it is stopped. */
export class NodeWatcher {
  readonly #node: NodeLike
  readonly #deps: NodeWatcherDeps
  readonly #undo = new UndoList()
  readonly #shape: ShapeCheck
  readonly #cache: RecordCache
  readonly #runs: RepublisherRuns
  readonly #observers: MethodObservers
  readonly #attempts: PutAttempts
  readonly #pendingPuts: PendingPuts
  readonly #storeListeners: Readonly<Record<string, OnCall>>

  constructor(node: NodeLike, deps: NodeWatcherDeps) {
    const { clock, logOnce, counts, republishIntervalMs, recordsMaxAgeMs } = deps
    this.#node = node
    this.#deps = deps
    this.#shape = new ShapeCheck(node)
    this.#cache = new RecordCache(
      (signal) => readStoredRecords(node.helia.datastore as DatastoreLike, signal),
      recordsMaxAgeMs,
      clock,
    )
    this.#undo.add(() => this.#cache.close())
    this.#runs = new RepublisherRuns(clock, republishIntervalMs, counts.runs)
    this.#observers = new MethodObservers(logOnce, this.#undo)
    this.#attempts = new PutAttempts({ ...deps, cache: this.#cache, runs: this.#runs })
    this.#pendingPuts = new PendingPuts(clock)
    this.#storeListeners = this.#createStoreListeners()
    this.#attach()
  }

  /** Whether this watches `node`. */
  watches({ name, helia }: NodeLike): boolean {
    return this.#node.name === name && this.#node.helia === helia
  }

  /** The node as it is now. */
  async read(pass: ReadPass): Promise<NodeState> {
    const { clock, states } = this.#deps
    const [cache, runs] = [this.#cache, this.#runs]
    this.#attach()
    if (!this.#shape.isKnown) return { problems: this.#problems() }
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
      ...(isRunning !== undefined && { isRepublisherRunning: isRunning }),
      problems: this.#problems(),
    }
  }

  /** Restores the node. */
  stop(): void {
    this.#undo.run()
  }

  /** Observes what is there now, with routers that were added since the last time; nothing of an unknown shape. */
  #attach(): void {
    const { counts } = this.#deps
    if (!this.#shape.check()) return
    counts.isStarted = true
    const store = safeGet(this.#node.name, 'localStore')
    if (isObject(store))
      for (const [method, onCall] of Object.entries(this.#storeListeners))
        this.#observers.observe(store, method, onCall)
    const deps = {
      observers: this.#observers,
      routers: counts.routers,
      pendingPuts: this.#pendingPuts,
      shape: this.#shape,
    }
    for (const found of findRouters(this.#node))
      observePuts(found, { ...deps, findAttempt: found.isEntry ? this.#findOrStart : this.#find })
  }

  readonly #find = (args: readonly unknown[]): Attempt | undefined => this.#attempts.find(args)

  readonly #findOrStart = (args: readonly unknown[]): Attempt | undefined => {
    const known = this.#attempts.find(args)
    if (known?.isOpen) return known
    // the record comes to the other routers next: those that were added since must be observed by then
    this.#attach()
    return this.#shape.isKnown ? this.#attempts.start(args) : undefined
  }

  /** Source: `IPNSRepublisher.#republish` of `@helia/ipns` (src/ipns/republisher.ts) starts each run with `list`. */
  #createStoreListeners(): Record<string, OnCall> {
    const [cache, runs] = [this.#cache, this.#runs]
    const onWrite: OnCall = () => {
      cache.invalidate()
      return { ended: () => cache.invalidate() }
    }
    const onList: OnCall = ([options]) => {
      this.#attach()
      if (!this.#shape.isKnown) return undefined
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
    const stopped = stoppedProblem(this.#node, this.#deps.isReplaceable)
    // what does not answer then has no other reason
    if (stopped !== undefined) return [stopped]
    const { isKnown, problem: lacks } = this.#shape
    const measured = isKnown ? [this.#cache.problem, this.#pendingPuts.problem, this.#runs.problem] : []
    return [...measured, lacks].filter((problem) => problem !== undefined)
  }
}
