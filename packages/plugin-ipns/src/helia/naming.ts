import { safeGet } from '@tidegauge/attach'
import { type LogOnce } from '@tidegauge/core'
import { OTHER, type NamespaceBook } from '../namespaces.js'
import type { IpnsRecord, StoredRecord } from './stored-records.js'

/** Says which namespace a record belongs to. */
export type NamespaceFunction = (record: IpnsRecord) => string

/** The namespace of IPNS records: what their routing keys begin with. */
export const DEFAULT_NAMESPACE = 'ipns'

/** Which namespace each record belongs to, by its key. */
export class Naming {
  readonly #choose: NamespaceFunction
  readonly #book: NamespaceBook
  readonly #logOnce: LogOnce
  #records: ReadonlyMap<string, StoredRecord> | undefined
  #stored = new Map<string, string>()
  /** Of records that were not there when all were read: published since, or gone. */
  readonly #absent = new Map<string, string>()

  constructor(choose: NamespaceFunction | undefined, book: NamespaceBook, logOnce: LogOnce) {
    this.#choose = choose ?? firstSegment
    this.#book = book
    this.#logOnce = logOnce
  }

  /** A record is published: who can tell its namespace before it has been read? */
  learn(key: string, routingKey: Uint8Array, metadata: unknown): void {
    const keyName = safeGet(metadata, 'keyName')
    const lifetime = safeGet(metadata, 'lifetime')
    const record = {
      keyName: typeof keyName === 'string' ? keyName : '',
      lifetimeMs: typeof lifetime === 'number' ? lifetime : 0,
      routingKey,
    }
    this.#absent.set(key, this.#nameOf(record))
  }

  /** Takes the records as they were read. */
  know(records: ReadonlyMap<string, StoredRecord>): void {
    if (records === this.#records) return
    this.#records = records
    for (const [key, name] of this.#stored) this.#absent.set(key, name)
    this.#stored = new Map([...records].map(([key, { record }]) => [key, this.#nameOf(record)]))
    for (const key of this.#stored.keys()) this.#absent.delete(key)
  }

  /** The namespace of a record, if it is known. */
  find(key: string): string | undefined {
    return this.#stored.get(key) ?? this.#absent.get(key)
  }

  /** The namespace of a record that is gone: known still, or `other`. */
  forget(key: string): string {
    const name = this.find(key) ?? OTHER
    this.#absent.delete(key)
    return name
  }

  /** Lets go of the names of absent records that nobody needs. */
  release(isNeeded: (key: string) => boolean): void {
    for (const key of this.#absent.keys()) if (!isNeeded(key)) this.#absent.delete(key)
  }

  #nameOf(record: IpnsRecord): string {
    const namespace = this.#logOnce.guard('the option namespace', () => this.#choose(record))
    return this.#book.nameOf(namespace)
  }
}

/** `ipns` for `/ipns/…`. Source: IPNS specification, "Routing Record". */
function firstSegment({ routingKey }: IpnsRecord): string {
  const end = routingKey.indexOf(0x2f, 1)
  return new TextDecoder().decode(routingKey.subarray(1, Math.max(end, 1)))
}
