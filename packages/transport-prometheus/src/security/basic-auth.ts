import { createHmac, randomBytes } from 'node:crypto'
import type { BcryptWorker } from './bcrypt-worker.js'
import { BoundedMap } from './bounded-map.js'
import { bcryptCost } from './bcrypt-hash.js'

/** The result for a name and password; `busy` when too many comparisons are waiting. */
export type Verdict = 'accepted' | 'refused' | 'busy'

const MAX_WAITING = 16
const MAX_CACHED = 100
/** A salt and hash that no password matches. */
const UNMATCHABLE = 'QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi'

/**
 * Checks names and passwords against bcrypt hashes, one comparison at a time.
 *
 * Results are cached under a keyed digest, never under the password. Accepted and refused ones have separate caches,
 * so that many wrong passwords cannot evict the right one.
 */
export class BasicAuth {
  readonly #worker: BcryptWorker
  readonly #key = randomBytes(32)
  readonly #accepted = new BoundedMap<true>(MAX_CACHED)
  readonly #refused = new BoundedMap<true>(MAX_CACHED)
  readonly #pending = new Map<string, Promise<Verdict>>()
  #users: ReadonlyMap<string, string> = new Map()
  #last: Promise<unknown> = Promise.resolve()
  #isStopped = false

  constructor(worker: BcryptWorker) {
    this.#worker = worker
  }

  /** How many results are cached. */
  get cached(): number {
    return this.#accepted.size + this.#refused.size
  }

  /** Whether these are exactly the present users. */
  hasUsers(users: ReadonlyMap<string, string>): boolean {
    return (
      users.size === this.#users.size && [...users].every(([name, hash]) => this.#users.get(name) === hash)
    )
  }

  /** Replaces the users, and clears the cache. */
  setUsers(users: ReadonlyMap<string, string>): void {
    this.#users = users
    this.#accepted.clear()
    this.#refused.clear()
    this.#pending.clear()
  }

  /** Checks a name and password; immediately when the result is cached. */
  check(user: string, password: string): Verdict | Promise<Verdict> {
    const hash = this.#users.get(user) ?? this.#decoyFor(user)
    const key = digestOf(this.#key, [user, hash, password])
    if (this.#accepted.get(key)) return 'accepted'
    if (this.#refused.get(key)) return 'refused'
    const same = this.#pending.get(key)
    if (same !== undefined) return same
    if (this.#pending.size >= MAX_WAITING) return 'busy'
    const verdict = this.#last.then(() => this.#compare(user, password, { hash, key }))
    this.#pending.set(key, verdict)
    this.#last = verdict
    return verdict
  }

  /** Stops the worker. Comparisons that are still waiting get `busy`. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#worker.stop()
  }

  async #compare(
    user: string,
    password: string,
    { hash, key }: { hash: string; key: string },
  ): Promise<Verdict> {
    const users = this.#users
    try {
      if (this.#isStopped) return 'busy'
      const isRight = await this.#worker.compare(password, hash)
      // refused for the decoy hash of an unknown user, and for a user who was removed during the comparison
      const verdict = isRight && this.#users.get(user) === hash ? 'accepted' : 'refused'
      if (users === this.#users) (verdict === 'accepted' ? this.#accepted : this.#refused).set(key, true)
      return verdict
    } catch {
      return 'busy'
    } finally {
      this.#pending.delete(key)
    }
  }

  /**
   * A hash for an unknown user, so that the answer takes as long as that to a wrong password. Its cost is one of the
   * users' costs, always the same one for a name, so that time gives nothing away when the costs differ.
   */
  #decoyFor(user: string): string {
    const hashes = [...this.#users.values()]
    const index = createHmac('sha256', this.#key).update(user).digest().readUInt32BE(0) % hashes.length
    return `$2b$${String(bcryptCost(hashes[index])).padStart(2, '0')}$${UNMATCHABLE}`
  }
}

/** The cache key of a result. The parts are separated by their lengths, so different parts never give the same key. */
export function digestOf(key: Buffer, parts: readonly string[]): string {
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part)
  return hmac.digest('base64')
}
