import { isObject, safeGet } from '@tidegauge/attach'
import { type Clock } from '@tidegauge/core'
import { encodeBase32 } from '../codec/base32.js'
import type { Attempt, AttemptBook } from './attempts.js'
import type { Ledger } from './ledger.js'
import type { OpenPuts } from './open-puts.js'
import type { RecordShelf } from './record-shelf.js'
import type { RepublisherWatch } from './republisher-watch.js'
import type { RouterTotals } from './router-totals.js'
import { followRouters, type FindAttempt } from './routers.js'
import type { HeliaLike, IpnsLike } from './shapes.js'
import type { CallObserver, Taps } from './tap.js'

/** What is followed, and where it is told, from one start of the source to its stop. */
export interface SessionParts {
  readonly name: IpnsLike
  readonly helia: Partial<HeliaLike>
  readonly clock: Clock
  readonly taps: Taps
  readonly attempts: AttemptBook
  readonly ledger: Ledger
  readonly routers: RouterTotals
  readonly openPuts: OpenPuts
  readonly shelf: RecordShelf
  readonly republisher: RepublisherWatch
}

/** From one start of the source to its stop. */
export class Session {
  readonly parts: SessionParts
  readonly #open: FindAttempt
  readonly #storeObservers: Readonly<Record<string, CallObserver>>

  constructor(parts: SessionParts) {
    this.parts = parts
    const { shelf, republisher } = parts
    this.#open = (args) => {
      // routers that were added since are followed before the record comes to them
      this.follow()
      return this.#begin(args)
    }
    const written: CallObserver = () => {
      shelf.touch()
      return { ended: () => shelf.touch() }
    }
    const list: CallObserver = (args) => {
      this.follow()
      shelf.touch()
      return republisher.listed(args)
    }
    this.#storeObservers = { list, put: written, delete: written }
  }

  /** Follows what is there now. Returns what isn't. */
  follow(): string[] {
    const { name, helia, taps, attempts, routers, openPuts } = this.parts
    const store = safeGet(name, 'localStore')
    const missing = Object.entries(this.#storeObservers)
      .filter(([method, observer]) => !isObject(store) || !taps.follow(store, method, observer))
      .map(([method]) => `name.localStore.${method}`)
    const routerParts = { name, helia, taps, attempts, totals: routers, openPuts, open: this.#open }
    return [...missing, ...new Set(followRouters(routerParts))]
  }

  #begin([routingKey, record, options]: readonly unknown[]): Attempt | undefined {
    if (!(routingKey instanceof Uint8Array) || !(record instanceof Uint8Array)) return undefined
    const { clock, ledger, shelf, attempts, republisher } = this.parts
    const known = attempts.find(record)
    if (known?.isOpen) return known
    const key = encodeBase32(routingKey)
    const metadata = safeGet(options, 'metadata') ?? undefined
    const kind = metadata === undefined ? 'refresh' : 'publish'
    const order = ledger.began({ key, routingKey, metadata }, clock.now())
    const closed = kind === 'refresh' ? republisher.refreshing() : () => {}
    return attempts.open(record, {
      over(result) {
        ledger.ended(key, { kind, result, order }, clock.now())
        shelf.touch()
      },
      closed,
    })
  }
}
