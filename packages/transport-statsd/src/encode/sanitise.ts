import type { TagStyle } from './tag-style.js'

/** In tags: characters that start or end something in one of the styles, white space, control and line characters. */
const unsafeInTag = /[:|@#,=[\];\s\p{Cc}\u2028\u2029]/gu
/** Datadog: the first colon ends a tag's name, later ones belong to its value. */
const unsafeInDatadogValue = /[|@#,=[\];\s\p{Cc}\u2028\u2029]/gu
/** In names: every receiver keeps the other characters. */
const unsafeInName = /[^A-Za-z0-9_.-]/gu
const unsafeInDatadogName = /[^A-Za-z0-9_.]/gu
const unsafeInPart = /[^A-Za-z0-9_-]/gu
/** npm's server clears the highest bit of each byte that it receives over TCP: "Ê" becomes a line break. */
const notAscii = /[^\x20-\x7e]/gu

/** Safe text, and whether a character was replaced to make it safe. */
export interface Safe {
  readonly text: string
  readonly isReplaced: boolean
}

/** What a label's value may contain. */
export interface ValueRules {
  readonly style: TagStyle
  readonly nonAscii: 'keep' | 'replace'
}

/**
 * A metric's name. Letters, digits, `_`, `.` and `-` (not for DogStatsD) stay; every other character becomes `_`.
 *
 * A DogStatsD name starts with a letter, so another start gets an `m` before it. A name that every JavaScript object
 * has, such as `constructor`, gets a `_` after it, because npm's server crashes on it or loses it.
 */
export function safeName(name: string, style: TagStyle): Safe {
  let text = name.replace(style === 'dogstatsd' ? unsafeInDatadogName : unsafeInName, '_')
  if (style === 'dogstatsd' && !/^[A-Za-z]/.test(text)) text = `m${text}`
  if (text in Object.prototype) text += '_'
  return { text, isReplaced: text !== name }
}

/** A label's value. In the style without tags it becomes a part of the name, so its dots are replaced too. */
export function safeValue(value: string, { style, nonAscii }: ValueRules): Safe {
  const kept = value.replace(unsafeInValue[style], '_')
  const text = nonAscii === 'replace' ? kept.replace(notAscii, '_') : kept
  return { text, isReplaced: text !== value }
}

/** A tag's name, made from the dotted name of a label. */
export function safeTagName(name: string): string {
  return name.replace(unsafeInName, '_')
}

/** Values that must stay different within one metric, such as the states of a state set; none is empty. */
export function safeDistinct(values: readonly string[], rules: ValueRules): string[] {
  return distinct(values.map((value) => safeValue(value, rules).text || '_'))
}

/** Appends a number to every text that is equal to an earlier one. */
export function distinct(texts: readonly string[]): string[] {
  const used = new Set<string>()
  return texts.map((base) => {
    let text = base
    for (let i = 2; used.has(text); i++) text = `${base}_${i}`
    used.add(text)
    return text
  })
}

const unsafeInValue: Readonly<Record<TagStyle, RegExp>> = {
  dogstatsd: unsafeInDatadogValue,
  influx: unsafeInTag,
  librato: unsafeInTag,
  signalfx: unsafeInTag,
  none: unsafeInPart,
}
