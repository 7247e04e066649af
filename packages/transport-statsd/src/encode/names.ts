import type { FamilyView } from '@tidegauge/core'
import type { LineSettings } from './line-settings.js'
import { safeName } from './sanitise.js'

/** The metric names of a family's lines. */
export class LineNames {
  /** Whether a character of the family's name was replaced. */
  readonly isReplaced: boolean
  readonly #base: string
  readonly #settings: LineSettings

  constructor({ name, dottedName }: Pick<FamilyView, 'name' | 'dottedName'>, settings: LineSettings) {
    this.#base = settings.prefix + (settings.names === 'dotted' && dottedName ? dottedName : name)
    this.#settings = settings
    this.isReplaced = safeName(this.#base, settings.style).isReplaced
  }

  /** The family's name, alone or with a suffix. */
  of(suffix?: 'bucket' | 'count' | 'sum'): string {
    const { names, style } = this.#settings
    const joint = names === 'dotted' ? '.' : '_'
    return safeName(suffix === undefined ? this.#base : `${this.#base}${joint}${suffix}`, style).text
  }
}
