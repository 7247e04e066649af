import { safeGet, UndoList } from '@tidegauge/attach'
import { CollectError, type LogOnce } from '@tidegauge/core'
import type { IpnsPass, IpnsSnapshot, IpnsSource, IpnsSourceContext } from '../source.js'
import { AttemptBook } from './attempts.js'
import { Ledger } from './ledger.js'
import type { Naming } from './naming.js'
import { OpenPuts } from './open-puts.js'
import { RecordShelf } from './record-shelf.js'
import { RepublisherWatch } from './republisher-watch.js'
import { RouterTotals } from './router-totals.js'
import { Session } from './session.js'
import { isDatastore, type DatastoreLike, type HeliaLike, type IpnsLike } from './shapes.js'
import { Taps } from './tap.js'

/** What the source is made for. */
export interface HeliaSettings {
  readonly name: IpnsLike
  /** Left out: the node that `name` was made with. */
  readonly helia: HeliaLike | undefined
  readonly republishIntervalMs: number
  readonly recordsMaxAgeMs: number
  readonly naming: Naming
  /** Namespaces that begin at zero. */
  readonly namespaces: readonly string[]
}

/** Tells of the records that an `IPNS` object of `@helia/ipns` keeps alive. Totals outlive a stop. */
export class HeliaSource implements IpnsSource {
  readonly #settings: HeliaSettings
  readonly #logOnce: LogOnce
  readonly #undo = new UndoList()
  readonly #attempts = new AttemptBook()
  readonly #ledger: Ledger
  readonly #routers = new RouterTotals()
  readonly #runs = { success: 0, failure: 0 }
  #session: Session | undefined

  constructor(settings: HeliaSettings, logOnce: LogOnce) {
    this.#settings = settings
    this.#logOnce = logOnce
    this.#ledger = new Ledger(settings.naming, settings.namespaces)
  }

  /** Throws `COLLECT_SOURCE_CHANGED` where there is no datastore. */
  start({ clock }: IpnsSourceContext): void {
    this.stop()
    const { name, republishIntervalMs, recordsMaxAgeMs } = this.#settings
    const helia = this.#settings.helia ?? ((safeGet(name, 'components') ?? {}) as Partial<HeliaLike>)
    const shelf = new RecordShelf(datastoreOf(helia), recordsMaxAgeMs, clock)
    this.#undo.add(() => shelf.close())
    this.#session = new Session({
      name,
      helia,
      clock,
      taps: new Taps(this.#logOnce, this.#undo),
      attempts: this.#attempts,
      ledger: this.#ledger,
      routers: this.#routers,
      openPuts: new OpenPuts(clock),
      shelf,
      republisher: new RepublisherWatch(clock, republishIntervalMs, this.#runs),
    })
    this.#session.follow()
  }

  async read(pass: IpnsPass): Promise<IpnsSnapshot> {
    const session = this.#session
    if (session === undefined) return {}
    const { helia, shelf, republisher, openPuts, clock } = session.parts
    const isRunning = this.#isRunning()
    const missing = [...session.follow(), ...(isRunning === undefined ? ['name.started'] : [])]
    await shelf.refresh(pass)
    const { records, fault } = shelf
    const nowMs = clock.now()
    this.#ledger.settle(shelf, republisher.endedRunMs, nowMs)
    const nextRunMs = isRunning === true ? republisher.nextRunMs : undefined
    return {
      ...(records !== undefined && { records: this.#ledger.figures(records, nowMs, nextRunMs) }),
      refreshes: this.#ledger.refreshes(),
      publishes: this.#ledger.publishes(),
      routers: this.#routers.read(),
      republisher: { ...(isRunning !== undefined && { isRunning }), runs: republisher.totals },
      faults: [nodeFault(helia), fault, openPuts.fault, republisher.fault, this.#tellMissing(missing)].filter(
        (one) => one !== undefined,
      ),
    }
  }

  stop(): void {
    this.#session = undefined
    this.#undo.run()
  }

  /** In health there is room for the short form. */
  #tellMissing(missing: readonly string[]): string | undefined {
    if (missing.length === 0) return undefined
    const names = missing.join(', ')
    this.#logOnce.warn(
      `missing ${names}`,
      `${names} not found, by which runs and refreshes are told; the rest is measured. This plugin knows ${KNOWN}: update it, or pass a source of your own`,
    )
    return `this plugin knows ${KNOWN} and needs ${names}`
  }

  #isRunning(): boolean | undefined {
    const isRunning = safeGet(this.#settings.name, 'started')
    if (isRunning === false)
      this.#logOnce.warn(
        'republisher',
        'the IPNS republisher does not run, so that no record is refreshed; call start() on the object that ipns(helia) returned (it does not start by itself on a node that runs already)',
      )
    return typeof isRunning === 'boolean' ? isRunning : undefined
  }
}

const KNOWN = '@helia/ipns 10.1.0'

/** A node that does not say how it is is taken to run. */
function nodeFault(helia: Partial<HeliaLike>): string | undefined {
  const status = safeGet(helia, 'status')
  return typeof status !== 'string' || status === 'started'
    ? undefined
    : `the Helia node is ${status}; it is measured again by itself when it has started`
}

function datastoreOf({ datastore }: Partial<HeliaLike>): DatastoreLike {
  if (isDatastore(datastore)) return datastore
  throw new CollectError(
    'COLLECT_SOURCE_CHANGED',
    'ipns',
    `plugin "ipns": name.components.datastore not found; pass the Helia node as the option helia (this plugin knows ${KNOWN})`,
  )
}
