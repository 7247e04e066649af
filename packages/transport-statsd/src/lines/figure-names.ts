import type { FamilyView } from '@tidegauge/core'
import type { LineSettings } from './figure-writer.js'
import { safeName, safeValue } from './sanitise.js'
import type { Tag, TagStyle } from './style.js'

/** The names of a family's lines. */
export class FigureNames {
  /** Whether a character of the name itself was replaced. */
  readonly isReplaced: boolean
  readonly #base: string
  readonly #settings: LineSettings

  constructor({ name, dottedName }: Pick<FamilyView, 'name' | 'dottedName'>, settings: LineSettings) {
    const chosen = settings.names === 'dotted' && dottedName ? dottedName : name
    this.#base = settings.prefix + chosen
    this.#settings = settings
    this.isReplaced = safeName(this.#base, settings.style).isReplaced
  }

  /** The name itself, or with one of the suffixes `bucket`, `count` and `sum`. */
  of(suffix?: 'bucket' | 'count' | 'sum'): string {
    const { names, style } = this.#settings
    const joint = names === 'dotted' ? '.' : '_'
    return safeName(suffix === undefined ? this.#base : `${this.#base}${joint}${suffix}`, style).text
  }
}

/** A bucket's bound or a quantile as a tag of its line. */
export function numberTag(name: 'le' | 'quantile', value: number, style: TagStyle): Tag {
  const text = value === Number.POSITIVE_INFINITY ? '+Inf' : String(value)
  return [name, safeValue(text, { style, nonAscii: 'keep' }).text]
}
