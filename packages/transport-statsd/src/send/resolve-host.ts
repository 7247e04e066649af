import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { withinTime } from './within-time.js'

/** A host's address as sockets want it. */
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

/** A resolver that hangs must not hang a flush. */
const LOOKUP_TIMEOUT_MS = 3_000

/**
 * Knows the addresses of one host: looked up once, and again when each of them has failed.
 *
 * `localhost` has two on most machines, and a server often listens at one of them only. One look-up at a time: while
 * one hangs, no other is begun, so that a broken resolver takes one thread of the pool at most.
 */
export class HostResolver {
  readonly #host: string
  readonly #family: 0 | 4 | 6
  readonly #lookup: Lookup
  #known: readonly Address[] = []
  /** Which of them is in use. */
  #at = 0
  #underWay: Promise<readonly Address[]> | undefined

  constructor(host: string, family: 0 | 4 | 6, look: Lookup = lookup) {
    this.#host = host
    this.#family = family
    this.#lookup = look
  }

  /** Rejects when the host can't be resolved, or not in time. */
  async resolve(): Promise<Address> {
    if (this.#at >= this.#known.length) {
      this.#underWay ??= this.#lookUp().finally(() => (this.#underWay = undefined))
      const late = () => new Error(`looking up "${this.#host}" took longer than ${LOOKUP_TIMEOUT_MS} ms`)
      this.#known = await withinTime(LOOKUP_TIMEOUT_MS, this.#underWay, late)
      this.#at = 0
    }
    const address = this.#known[this.#at]
    if (address === undefined) throw new Error(`"${this.#host}" has no address`)
    return address
  }

  /**
   * Notes that the address in use has failed. True when there is another one to try at once; otherwise the next call
   * of `resolve` looks up anew.
   */
  failed(): boolean {
    this.#at++
    return this.#at < this.#known.length
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
