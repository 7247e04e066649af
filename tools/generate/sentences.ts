/** What the docstring of an option says: its default, its unit, and the rest. */
export interface OptionDoc {
  /** Undefined when the docstring names none. */
  readonly default: string | undefined
  readonly unit: string | undefined
  readonly meaning: string
}

const units: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/(^m|M)s$/, 'milliseconds'],
  [/(^s|S)econds$/, 'seconds'],
  [/(^b|B)ytes$/, 'bytes'],
]

/** Takes `Default: …` and `Unit: …` out of a docstring. The unit also follows from the name: `timeoutMs`. */
export function parseOptionDoc(name: string, doc: string): OptionDoc {
  let standard: string | undefined
  let unit = units.find(([ending]) => ending.test(name))?.[1]
  const rest: string[] = []
  for (const sentence of sentencesOf(doc)) {
    const [, ofDefault] = /^Default:? (.*)$/.exec(sentence) ?? []
    const [, ofUnit] = /^Unit: (.*)$/.exec(sentence) ?? []
    if (ofUnit !== undefined) unit = ofUnit
    else if (ofDefault !== undefined && standard === undefined) {
      // `Default: 10,000; 0: only when a transport asks` explains another value
      const [, value, otherValue] = /^(.*?); ((?:`[^`]+`|\d[\d,.]*): .*)$/.exec(ofDefault) ?? []
      standard = value ?? ofDefault
      if (otherValue !== undefined) rest.push(otherValue)
    } else rest.push(sentence)
  }
  const meaning = rest.map((sentence) => `${sentence}.`).join(' ')
  return { default: standard, unit, meaning }
}

/** The sentences of a text, without their full stops. A dot inside of code or of a number ends none. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = []
  let from = 0
  let isCode = false
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '`') isCode = !isCode
    const isEnd = text[at] === '.' && !isCode && /^\s|^$/.test(text.slice(at + 1, at + 2))
    if (!isEnd && at < text.length) continue
    const sentence = text.slice(from, at).replaceAll(/\s+/g, ' ').trim()
    if (sentence !== '') sentences.push(sentence)
    from = at + 1
  }
  return sentences
}
