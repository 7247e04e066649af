import { sanitized, type StringPool } from './string-pool.js'

/** Why a set of labels was refused. */
export type LabelDropReason = 'label_missing' | 'label_type' | 'label_value' | 'label_unknown'

/** What a host's views and privacy rules make of a value. Pure: equal values give equal results. */
export type LabelTransform = (value: string) => string

const MAX_REMEMBERED = 10_000

/** How one label of an instrument is read from a caller's labels object, and what becomes of its value. */
export class LabelReader {
  readonly name: string
  /** The closed list, when there is one. */
  readonly values: readonly string[] | undefined
  readonly #closedIds: ReadonlyMap<string, number> | undefined
  readonly #pool: StringPool
  readonly #transform: LabelTransform | undefined
  readonly #transformed = new Map<string, string>()

  constructor(
    pool: StringPool,
    label: { name: string; values?: readonly string[] | undefined; transform?: LabelTransform | undefined },
  ) {
    this.name = label.name
    this.values = label.values
    this.#pool = pool
    this.#transform = label.transform
    // a closed value is held for as long as the instrument lives, so that it is found without the pool
    this.#closedIds =
      label.values && new Map(label.values.map((value) => [value, pool.acquire(this.#present(value))]))
  }

  /** The id of a value that is in the pool already, or -1. */
  find(value: unknown): number {
    if (typeof value !== 'string') return isPlain(value) ? this.find(String(value)) : -1
    if (this.#closedIds !== undefined) return this.#closedIds.get(value) ?? -1
    return this.#pool.find(this.#transform === undefined ? value : this.#present(value)) ?? -1
  }

  /** The text that stands for a value in the series, or why there is none. */
  read(value: unknown): { readonly text: string } | { readonly dropReason: LabelDropReason } {
    if (value === undefined || value === null) return { dropReason: 'label_missing' }
    if (typeof value !== 'string' && !isPlain(value)) return { dropReason: 'label_type' }
    const text = String(value)
    if (this.#closedIds?.has(text) === false) return { dropReason: 'label_value' }
    return { text: this.#present(text) }
  }

  #present(value: string): string {
    if (this.#transform === undefined) return sanitized(value)
    const known = this.#transformed.get(value)
    if (known !== undefined) return known
    if (this.#transformed.size >= MAX_REMEMBERED) this.#transformed.clear()
    const text = sanitized(this.#transform(value))
    this.#transformed.set(value, text)
    return text
  }
}

/** Whether a value that is no text has one. */
function isPlain(value: unknown): value is number | boolean {
  return typeof value === 'number' || typeof value === 'boolean'
}
