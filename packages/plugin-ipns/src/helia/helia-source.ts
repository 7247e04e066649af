import { BoundedNames, UndoList } from '@tidegauge/attach'
import { CollectError, type LogOnce, type ReadPass, type SourceContext } from '@tidegauge/core'
import type { HeliaSettings } from '../options.js'
import { RecordCache } from '../records/record-cache.js'
import { RecordStates } from '../records/record-states.js'
import { DEFAULT_NAMESPACE, firstSegment, type IpnsRecord } from '../records/record.js'
import { AttemptTotals, ResultCounts } from '../refreshes/result-counts.js'
import { RepublisherRuns } from '../republisher/runs.js'
import type { IpnsSnapshot, IpnsSource } from '../source.js'
import { NodeWatcher } from './node-watcher.js'
import { isDatastore, nodeOf, type DatastoreLike, type NodeLike } from './shapes.js'
import { readStoredRecords } from './stored-records.js'

/** Reads the records that an `IPNS` object of `@helia/ipns` keeps alive. Totals go on over all starts. */
export class HeliaSource implements IpnsSource {
  readonly #settings: HeliaSettings
  readonly #logOnce: LogOnce
  readonly #undo = new UndoList()
  readonly #totals = new AttemptTotals()
  readonly #states: RecordStates
  readonly #routers = new ResultCounts()
  readonly #runTotals = { success: 0, failure: 0 }
  #watcher: NodeWatcher | undefined

  constructor(settings: HeliaSettings, logOnce: LogOnce) {
    this.#settings = settings
    this.#logOnce = logOnce
    const { namespace = firstSegment, maxNamespaces } = settings
    const names = new BoundedNames({
      max: maxNamespaces,
      what: 'namespaces',
      option: 'maxNamespaces',
      logOnce,
    })
    const namespaceOf = (record: IpnsRecord): string =>
      names.nameOf(logOnce.guard('the option namespace', () => namespace(record)))
    this.#states = new RecordStates(namespaceOf, this.#totals)
    // the only namespace of real records is exported from zero on
    if (settings.namespace === undefined) this.#totals.addNamespace(DEFAULT_NAMESPACE)
  }

  /** Throws `COLLECT_SOURCE_CHANGED` when there is no datastore. */
  start({ clock }: SourceContext): void {
    this.stop()
    const { name, helia, republishIntervalMs, recordsMaxAgeMs } = this.#settings
    const node = nodeOf(name, helia)
    const datastore = datastoreOf(node)
    const cache = new RecordCache((signal) => readStoredRecords(datastore, signal), recordsMaxAgeMs, clock)
    this.#undo.add(() => cache.close())
    this.#watcher = new NodeWatcher(node, {
      clock,
      logOnce: this.#logOnce,
      undo: this.#undo,
      states: this.#states,
      totals: this.#totals,
      routers: this.#routers,
      cache,
      runs: new RepublisherRuns(clock, republishIntervalMs, this.#runTotals),
    })
  }

  read(pass: ReadPass): Promise<IpnsSnapshot> | IpnsSnapshot {
    return this.#watcher?.read(pass) ?? {}
  }

  stop(): void {
    this.#watcher = undefined
    this.#undo.run()
  }
}

function datastoreOf({ helia }: NodeLike): DatastoreLike {
  const { datastore } = helia
  if (isDatastore(datastore)) return datastore
  throw new CollectError(
    'COLLECT_SOURCE_CHANGED',
    'ipns',
    'plugin "ipns": name.components.datastore not found; pass the Helia node as the option helia',
  )
}
