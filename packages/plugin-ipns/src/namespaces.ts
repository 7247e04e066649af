/** What counts for all names that are not told apart. */
export const OTHER = 'other'

/**
 * The namespaces that are told apart: the first ones to be seen. Further ones are `other` for ever, so that no total
 * falls.
 */
export class NamespaceBook {
  readonly #names = new Set<string>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  /** The name under which a namespace is exported. */
  nameOf(namespace: unknown): string {
    if (typeof namespace !== 'string' || namespace === '' || namespace === OTHER) return OTHER
    if (this.#names.has(namespace)) return namespace
    if (this.#names.size >= this.#most) return OTHER
    this.#names.add(namespace)
    return namespace
  }

  /** Puts figures under the exported names; those that share a name are merged. */
  fold<T>(figures: Readonly<Record<string, T>>, merge: (a: T, b: T) => T): Map<string, T> {
    const folded = new Map<string, T>()
    for (const [namespace, figure] of Object.entries(figures)) {
      const name = this.nameOf(namespace)
      const known = folded.get(name)
      folded.set(name, known === undefined ? figure : merge(known, figure))
    }
    return folded
  }
}
