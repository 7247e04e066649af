import type { LogOnce } from '@tidegauge/core'

/** The name that stands for all names beyond the maximum. */
export const OTHER_NAME = 'other'

/** What {@link BoundedNames} is made with. */
export interface BoundedNamesSettings {
  /** How many names are kept; `other` is not one of them. */
  readonly max: number
  /** What the names are, in the plural, for the message: `protocols`. */
  readonly what: string
  /** The user's option that sets `max`, for the message. Left out: there is none. */
  readonly option?: string
  /** Logs once that there are more names than `max`. */
  readonly logOnce: LogOnce
}

/**
 * A bounded set of names for a label. The first names are kept for ever, and each further one becomes `other` for
 * ever, so that no total of a name falls.
 */
export class BoundedNames {
  readonly #settings: BoundedNamesSettings
  readonly #names = new Set<string>()

  constructor(settings: BoundedNamesSettings) {
    this.#settings = settings
  }

  /** The name to export for a name; `other` also for the empty text and for what is not a text. */
  nameOf(name: unknown): string {
    if (typeof name !== 'string' || name === '' || name === OTHER_NAME) return OTHER_NAME
    if (this.#names.has(name)) return name
    const { max, what, option, logOnce } = this.#settings
    if (this.#names.size < max) {
      this.#names.add(name)
      return name
    }
    const hint = option === undefined ? '' : ` (option ${option})`
    logOnce.warn(what, `more than ${max} ${what}: further ones are counted as "${OTHER_NAME}"${hint}`)
    return OTHER_NAME
  }
}
