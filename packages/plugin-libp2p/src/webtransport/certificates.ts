/** The certificate hashes in an address: `/certhash/<hash>`, several when the next one is announced already. */
export function hashesIn(address: string): string[] {
  return [...address.matchAll(/\/certhash\/([^/]+)/g)].map(([, hash]) => hash)
}

/**
 * The certificates that are announced and those that were, from what is announced at each read.
 *
 * A node announces a new hash and forgets the old one; the history is kept here.
 */
export class CertificateHistory {
  readonly #maxHistory: number
  current: readonly string[] = []
  /** The latest first. */
  history: readonly string[] = []
  /** When a hash was announced that was not announced before. Undefined until the first. */
  lastRotationMs: number | undefined
  #latest: readonly string[] = []

  constructor(maxHistory: number) {
    this.#maxHistory = maxHistory
  }

  /** Takes the hashes that are announced now. None at all is a listener that closed, not a rotation. */
  update(announced: Iterable<string>, nowMs: number): void {
    this.current = [...new Set(announced)]
    if (this.current.length === 0) return
    if (this.current.some((hash) => !this.#latest.includes(hash))) this.lastRotationMs = nowMs
    const earlier = [...this.#latest, ...this.history].filter((hash) => !this.current.includes(hash))
    this.history = earlier.slice(0, this.#maxHistory)
    this.#latest = this.current
  }
}
