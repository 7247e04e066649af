import type { TagStyle } from './style.js'

/** In tags: what begins or ends something in one of the styles, white space, control and line characters. */
const unsafeInTag = /[:|@#,=[\];\s\p{Cc}\u2028\u2029]/gu
/** Datadog: the first colon ends a tag's name, later ones are part of its value. */
const unsafeInDatadogValue = /[|@#,=[\];\s\p{Cc}\u2028\u2029]/gu
/** In names, and in all that stands in one: what is left is kept by every receiver. */
const unsafeInName = /[^A-Za-z0-9_.-]/gu
const unsafeInDatadogName = /[^A-Za-z0-9_.]/gu
const unsafeInPart = /[^A-Za-z0-9_-]/gu
/** npm's server takes the highest bit off each byte that comes over TCP: of "Ê" a line break is left. */
const notAscii = /[^\x20-\x7e]/gu

/** Text that is safe, and whether it had to be changed for that. */
export interface Safe {
  readonly text: string
  readonly isReplaced: boolean
}

/**
 * A metric's name. Letters, digits, `_`, `.` and `-` (but not for DogStatsD) stay, all else becomes `_`.
 *
 * DogStatsD's names begin with a letter: another beginning gets an `m` in front. A name that every JavaScript object
 * has, such as `constructor`, gets a `_` behind it: npm's server would end, or lose it.
 */
export function safeName(name: string, style: TagStyle): Safe {
  let text = name.replace(style === 'dogstatsd' ? unsafeInDatadogName : unsafeInName, '_')
  if (style === 'dogstatsd' && !/^[A-Za-z]/.test(text)) text = `m${text}`
  if (text in Object.prototype) text += '_'
  return { text, isReplaced: text !== name }
}

/** What a label's value may hold. */
export interface ValueRules {
  readonly style: TagStyle
  readonly nonAscii: 'keep' | 'replace'
}

/** A label's value. In the style without tags it is a part of the name, and has no dots. */
export function safeValue(value: string, { style, nonAscii }: ValueRules): Safe {
  const kept = value.replace(unsafeInValue[style], '_')
  const text = nonAscii === 'replace' ? kept.replace(notAscii, '_') : kept
  return { text, isReplaced: text !== value }
}

/** Values that must stay apart on one metric: those that would become equal, or empty, get a number behind them. */
export function safeDistinct(values: readonly string[], rules: ValueRules): string[] {
  const taken = new Set<string>()
  return values.map((value) => {
    const base = safeValue(value, rules).text || '_'
    let text = base
    for (let i = 2; taken.has(text); i++) text = `${base}_${i}`
    taken.add(text)
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
