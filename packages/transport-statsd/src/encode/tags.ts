import type { OptionCheck } from '@tidegauge/core'
import { safeValue, type ValueRules } from './sanitise.js'
import { tagSyntax, type TagStyle } from './tag-style.js'

/** A tag's name and value. */
export type Tag = readonly [name: string, value: string]

/**
 * A series' tags as one text, and whether a character was replaced. Of two tags with the same name the later one is
 * used. Tags with an empty value are left out, because most receivers refuse them.
 */
export function tagText(tags: readonly Tag[], rules: ValueRules): { text: string; isReplaced: boolean } {
  const { equals, open, separator } = tagSyntax[rules.style]
  const used = new Map<string, string>()
  let isReplaced = false
  for (const [name, value] of tags) {
    const safe = safeValue(value, rules)
    isReplaced ||= safe.isReplaced
    if (safe.text === '') used.delete(name)
    else used.set(name, safe.text)
  }
  if (used.size === 0) return { text: '', isReplaced }
  const parts = [...used].map(([name, value]) => `${name}${equals}${value}`)
  return { text: open + parts.join(separator), isReplaced }
}

/** Tags from an option: an object of label names and any text. Adds what is wrong to `check`. */
export function parseTags(check: OptionCheck, path: string, value: unknown = {}): readonly Tag[] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [['', value]]
  const isTag = ([name, text]: [string, unknown]) =>
    /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && typeof text === 'string'
  const ok = (entries as [string, unknown][]).every(isTag)
  return check.expect(ok, path, value, 'an object of label names and strings') ? (entries as Tag[]) : []
}

/** The tag of a line for one bucket bound or one quantile. */
export function numberTag(name: 'le' | 'quantile', value: number, style: TagStyle): Tag {
  const text = value === Number.POSITIVE_INFINITY ? '+Inf' : String(value)
  return [name, safeValue(text, { style, nonAscii: 'keep' }).text]
}
