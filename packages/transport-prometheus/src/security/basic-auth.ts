import { createHmac, randomBytes } from 'node:crypto'
import type { BcryptWorker } from './bcrypt-worker.js'
import { BoundedMap } from './bounded-map.js'
import { bcryptCost } from './fields.js'

/** What became of a name and password: `busy` when too many comparisons wait already. */
export type Verdict = 'accepted' | 'refused' | 'busy'

const MAX_WAITING = 16
const MAX_CACHED = 100
/** The salt and hash of nobody's password. */
const NOBODY = 'QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi'

/**
 * Checks names and passwords against bcrypt hashes, one comparison at a time.
 *
 * Results are kept under a digest with a key of this process, never the password; right and wrong ones apart, so
 * that wrong ones push no right one out.
 */
export class BasicAuth {
  readonly #worker: BcryptWorker
  readonly #key = randomBytes(32)
  readonly #accepted = new BoundedMap<true>(MAX_CACHED)
  readonly #refused = new BoundedMap<true>(MAX_CACHED)
  readonly #underWay = new Map<string, Promise<Verdict>>()
  #users: ReadonlyMap<string, string> = new Map()
  #last: Promise<unknown> = Promise.resolve()
  #isOver = false

  constructor(worker: BcryptWorker) {
    this.#worker = worker
  }

  /** Results that are kept now. */
  get cached(): number {
    return this.#accepted.size + this.#refused.size
  }

  /** Whether exactly these users are in use already. */
  has(users: ReadonlyMap<string, string>): boolean {
    return (
      users.size === this.#users.size && [...users].every(([name, hash]) => this.#users.get(name) === hash)
    )
  }

  /** Sets who may come in; what was found before is forgotten. */
  use(users: ReadonlyMap<string, string>): void {
    this.#users = users
    this.#accepted.clear()
    this.#refused.clear()
    this.#underWay.clear()
  }

  /** At once where the answer is known already. */
  check(user: string, password: string): Verdict | Promise<Verdict> {
    const hash = this.#users.get(user) ?? this.#decoyFor(user)
    const key = digestOf(this.#key, [user, hash, password])
    if (this.#accepted.get(key)) return 'accepted'
    if (this.#refused.get(key)) return 'refused'
    const same = this.#underWay.get(key)
    if (same !== undefined) return same
    if (this.#underWay.size >= MAX_WAITING) return 'busy'
    const verdict = this.#last.then(() => this.#compare(user, password, { hash, key }))
    this.#underWay.set(key, verdict)
    this.#last = verdict
    return verdict
  }

  /** Ends the thread that compares; what still waits is answered with `busy`. */
  async stop(): Promise<void> {
    this.#isOver = true
    await this.#worker.end()
  }

  async #compare(
    user: string,
    password: string,
    { hash, key }: { hash: string; key: string },
  ): Promise<Verdict> {
    const users = this.#users
    try {
      if (this.#isOver) return 'busy'
      const isRight = await this.#worker.compare(password, hash)
      // not so for a hash that stands in for a user who does not exist, or whose user is gone meanwhile
      const verdict = isRight && this.#users.get(user) === hash ? 'accepted' : 'refused'
      if (users === this.#users) (verdict === 'accepted' ? this.#accepted : this.#refused).set(key, true)
      return verdict
    } catch {
      return 'busy'
    } finally {
      this.#underWay.delete(key)
    }
  }

  /**
   * A hash for a user that does not exist, so that the answer takes as long as a wrong password's. Its cost is one of
   * those in use, always the same for a name: where users' costs differ, the time tells nothing either.
   */
  #decoyFor(user: string): string {
    const hashes = [...this.#users.values()]
    const index = createHmac('sha256', this.#key).update(user).digest().readUInt32BE(0) % hashes.length
    return `$2b$${String(bcryptCost(hashes[index])).padStart(2, '0')}$${NOBODY}`
  }
}

/** What a result is kept under: with the key alone nobody learns a part of it, nor moves text from one to the next. */
export function digestOf(key: Buffer, parts: readonly string[]): string {
  const hmac = createHmac('sha256', key)
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part)
  return hmac.digest('base64')
}
