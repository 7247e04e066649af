/** The certificate hashes in an address: `/certhash/<hash>`, more than one where the next is announced already. */
export function hashesIn(address: string): string[] {
  return [...address.matchAll(/\/certhash\/([^/]+)/g)].map(([, hash]) => hash)
}

/**
 * Which certificates are announced and which were, told from one look at the addresses after another.
 *
 * The node announces a new hash and forgets the old one; the history is kept here.
 */
export class CertificateBook {
  readonly #keepHistory: number
  #current: readonly string[] = []
  #latest: readonly string[] = []
  #history: string[] = []
  #lastRotationMs: number | undefined

  constructor(keepHistory: number) {
    this.#keepHistory = keepHistory
  }

  get current(): readonly string[] {
    return this.#current
  }

  get history(): readonly string[] {
    return this.#history
  }

  /** When a hash was announced that was not before. Undefined until the first. */
  get lastRotationMs(): number | undefined {
    return this.#lastRotationMs
  }

  /** Takes note of the hashes that are announced now. None at all is a listener that closed, not a rotation. */
  update(announced: Iterable<string>, nowMs: number): void {
    this.#current = [...new Set(announced)]
    if (this.#current.length === 0) return
    const gone = this.#latest.filter((hash) => !this.#current.includes(hash))
    if (this.#current.some((hash) => !this.#latest.includes(hash))) this.#lastRotationMs = nowMs
    this.#latest = this.#current
    const kept = this.#history.filter((hash) => !this.#current.includes(hash))
    this.#history = [...gone, ...kept].slice(0, this.#keepHistory)
  }
}
