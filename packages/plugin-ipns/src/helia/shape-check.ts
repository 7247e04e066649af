import { internals, KNOWN_VERSIONS, WHAT_TO_DO, type Internal } from './internals.js'
import type { NodeLike } from './shapes.js'

/**
 * What one node lacks of the shape that the plugin knows.
 *
 * Another version of Helia or libp2p may lack a field, or have it with another meaning. Values would then be missing or
 * wrong without a word: each such difference is a problem of every pass, and nothing is measured while it makes values
 * wrong.
 */
export class ShapeCheck {
  readonly #node: NodeLike
  readonly #unknown = new Set<string>()
  #missing: readonly Internal[] = []

  constructor(node: NodeLike) {
    this.#node = node
  }

  /** Checks the node. Returns whether its values are right, apart from those that are left out. */
  check(): boolean {
    this.#missing = internals.filter((internal) => !internal.isThere(this.#node))
    return this.isKnown
  }

  /** The same, as it was found last. */
  get isKnown(): boolean {
    return this.#unknown.size === 0 && !this.#missing.some(({ isRequired }) => isRequired)
  }

  /** Adds what was found while measuring, with what it feeds in brackets. From then on nothing is measured. */
  add(what: string): void {
    this.#unknown.add(what)
  }

  /**
   * One sentence about everything that the node lacks, which comes last because the message may be cut, with what to
   * do; undefined when it lacks nothing.
   */
  get problem(): string | undefined {
    const lacks = [...this.#missing.map(({ path, feeds }) => `${path} (${feeds})`), ...this.#unknown]
    if (lacks.length === 0) return undefined
    const rest = this.isKnown ? 'the rest is exported' : 'nothing is exported, because values would be wrong'
    return `this node lacks what is known from ${KNOWN_VERSIONS}; ${rest}; ${WHAT_TO_DO}; it lacks ${lacks.join(', ')}`
  }
}
