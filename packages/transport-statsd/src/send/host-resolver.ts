import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { withTimeout } from './with-timeout.js'

/** An address that a socket can connect to. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

/** The part of `dns.lookup` that is used. */
export type Lookup = (
  host: string,
  options: { readonly family: 0 | 4 | 6; readonly all: true },
  done: (error: Error | null, addresses: readonly { address: string; family: number }[]) => void,
) => void

/** A hanging lookup must not make a flush hang. */
const LOOKUP_TIMEOUT_MS = 3_000
/** Nobody notices when datagrams go to an address that a host has left. */
const LOOKUP_INTERVAL_MS = 30_000

/**
 * The addresses of one host. They are looked up again when each of them has failed: `localhost` has two on most
 * machines, and a server often listens on only one. While one is in use, they are looked up every 30 s of use.
 *
 * While a lookup hangs no other one is started, so that a broken DNS server takes one thread of the pool at most.
 */
export class HostResolver {
  readonly #host: string
  readonly #family: 0 | 4 | 6
  readonly #lookup: Lookup
  #addresses: readonly Address[] = []
  /** The index of the address in use. */
  #current = 0
  #pending: Promise<readonly Address[]> | undefined
  #lookedUpMs = 0

  constructor(host: string, family: 0 | 4 | 6, lookupHost: Lookup = lookup) {
    this.#host = host
    this.#family = family
    this.#lookup = lookupHost
  }

  /**
   * The address in use. Rejects when the host cannot be resolved, or not in time. Starts a lookup that is due, but does
   * not wait for it while there is an address.
   */
  async resolve(): Promise<Address> {
    if (this.#current >= this.#addresses.length) {
      const timeoutError = () =>
        new Error(`looking up "${this.#host}" took longer than ${LOOKUP_TIMEOUT_MS} ms`)
      this.#addresses = await withTimeout(LOOKUP_TIMEOUT_MS, this.#pendingLookup(), timeoutError)
      this.#current = 0
    } else if (performance.now() - this.#lookedUpMs >= LOOKUP_INTERVAL_MS && this.#pending === undefined)
      this.#pendingLookup().then(
        (addresses) => this.#update(addresses),
        // the address in use may still be right
        () => {},
      )
    const address = this.#addresses[this.#current]
    if (address === undefined) throw new Error(`"${this.#host}" has no address`)
    return address
  }

  /** Gives the address in use up. True when there is another one to try; otherwise the next `resolve` looks up again. */
  failed(): boolean {
    this.#current++
    return this.#current < this.#addresses.length
  }

  #pendingLookup(): Promise<readonly Address[]> {
    this.#lookedUpMs = performance.now()
    return (this.#pending ??= this.#lookUp().finally(() => (this.#pending = undefined)))
  }

  /** Keeps the address in use when the host still has it. */
  #update(addresses: readonly Address[]): void {
    if (addresses.length === 0) return
    const used = this.#addresses[this.#current]
    const index = addresses.findIndex(({ address }) => address === used?.address)
    this.#addresses = addresses
    this.#current = Math.max(0, index)
  }

  #lookUp(): Promise<readonly Address[]> {
    const literal = isIP(this.#host)
    if (literal !== 0) return Promise.resolve([{ address: this.#host, family: literal as 4 | 6 }])
    return new Promise((resolve, reject) =>
      this.#lookup(this.#host, { family: this.#family, all: true }, (error, addresses) => {
        if (error !== null) reject(error)
        else resolve(addresses as readonly Address[])
      }),
    )
  }
}
