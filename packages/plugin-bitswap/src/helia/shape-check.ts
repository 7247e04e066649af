import { KNOWN_VERSIONS, missingInternals, WHAT_TO_DO, type Internals } from './internals.js'

/**
 * What one node lacks of the shape that the plugin knows, each once.
 *
 * Another version of Helia or libp2p may lack a field, or have it with another meaning. Values would then be missing or
 * wrong without a word, so that each such difference becomes a problem of every pass.
 */
export class ShapeCheck {
  readonly #lacks = new Set<string>()

  /** Whether an object has all of its private fields. Adds those that it lacks. */
  has(object: unknown, internals: Internals): boolean {
    const missing = missingInternals(object, internals)
    for (const one of missing) this.#lacks.add(one)
    return missing.length === 0
  }

  /** Adds something else that the node lacks, with what is not exported without it in brackets. */
  add(what: string): void {
    this.#lacks.add(what)
  }

  /** One sentence about everything that the node lacks, with what to do; undefined when it lacks nothing. */
  get problem(): string | undefined {
    if (this.#lacks.size === 0) return undefined
    return `this node lacks what is known from ${KNOWN_VERSIONS}: ${[...this.#lacks].join(', ')}; the rest is exported; ${WHAT_TO_DO}`
  }
}
