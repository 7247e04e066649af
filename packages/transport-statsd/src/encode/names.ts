import type { FamilyView } from '@tidegauge/core'
import type { LineSettings } from './line-settings.js'
import { distinct, safeName, safeTagName } from './sanitise.js'

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

/**
 * The tag names of a family's labels, in their order: dotted where metric names are. In the style without tags they
 * stay underscored, because a dot separates the parts of the name there.
 *
 * A dotted name may be any text. So unsafe characters are replaced, and a name that is equal to an earlier one or to
 * one of `reserved` gets a number.
 */
export function tagNames(
  labels: FamilyView['labels'],
  { names, style }: Pick<LineSettings, 'names' | 'style'>,
  reserved: readonly string[],
): { readonly names: readonly string[]; readonly isReplaced: boolean } {
  const isDotted = names === 'dotted' && style !== 'none'
  const wanted = labels.map(({ name, dottedName }) => (isDotted && dottedName ? dottedName : name))
  const unique = distinct([...reserved, ...wanted.map((name) => safeTagName(name))]).slice(reserved.length)
  return { names: unique, isReplaced: unique.some((name, i) => name !== wanted[i]) }
}
