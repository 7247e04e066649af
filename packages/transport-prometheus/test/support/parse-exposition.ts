/**
 * A strict parser of text 0.0.4 and OpenMetrics 1.0.0, written from the formats' documents. It shares no code with the
 * encoder, and throws on everything that the documents do not allow.
 */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>
    readonly value: number
    readonly timestamp?: number
  }
}

export interface ParsedFamily {
  readonly name: string
  readonly type: string
  readonly help?: string
  readonly unit?: string
  readonly samples: Sample[]
}

export function parseExposition(text: string, format: 'text' | 'openmetrics'): ParsedFamily[] {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('the last line does not end')
  if (format === 'openmetrics' && lines.pop() !== '# EOF') throw new Error('no # EOF')
  const families = new Map<string, ParsedFamily & { -readonly [K in 'type' | 'help' | 'unit']?: string }>()
  const seen = new Set<string>()
  let current: (ParsedFamily & { type: string; help?: string; unit?: string }) | undefined
  for (const line of lines) {
    if (line === '') throw new Error('an empty line')
    if (line.startsWith('#')) {
      const meta = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][a-zA-Z0-9_:]*) ?([^]*)$/.exec(line)
      if (meta === null) throw new Error(`not a header: ${line}`)
      const [, word, name, rest] = meta as unknown as [string, string, string, string]
      if (current?.name !== name) {
        if (families.has(name)) throw new Error(`family ${name} occurs twice`)
        current = { name, type: 'unknown', samples: [] }
        families.set(name, current)
      }
      if (word === 'TYPE') current.type = rest
      else if (word === 'UNIT') current.unit = rest
      else current.help = unescape(rest, format === 'openmetrics' ? 'n\\"' : 'n\\')
      continue
    }
    const sample = parseSample(line, format)
    if (current === undefined || !belongs(sample.name, current, format))
      throw new Error(`sample ${sample.name} is not of family ${current?.name}`)
    const key = JSON.stringify([
      sample.name,
      ...Object.entries(sample.labels)
        .map((pair) => JSON.stringify(pair))
        .toSorted((a, b) => (a < b ? -1 : 1)),
    ])
    if (seen.has(key)) throw new Error(`series twice: ${line}`)
    seen.add(key)
    current.samples.push(sample)
  }
  const parsed = [...families.values()] as ParsedFamily[]
  if (format === 'openmetrics') assertStrict(parsed)
  return parsed
}

/** What OpenMetrics 1.0.0 demands of whole families: "Suffixes", "Units", "Histogram", "Summary". */
function assertStrict(families: readonly ParsedFamily[]): void {
  const claimed = new Set<string>()
  for (const { name, type, unit, samples } of families) {
    for (const suffix of new Set(['', ...(claimedSuffixes[type] ?? [])])) {
      if (claimed.has(name + suffix)) throw new Error(`clashing name: ${name}${suffix}`)
      claimed.add(name + suffix)
    }
    if (unit !== undefined && !name.endsWith(`_${unit}`)) throw new Error(`${name} does not end in ${unit}`)
    if (unit !== undefined && (type === 'info' || type === 'stateset')) throw new Error(`${type} with a unit`)
    for (const sample of samples) {
      const suffix = sample.name.slice(name.length)
      const isCounter = /^_(?:total|sum|count|bucket)$/.test(suffix) || (type === 'summary' && suffix === '')
      if (isCounter && sample.value < 0) throw new Error(`negative: ${sample.name}`)
      if (isCounter && suffix !== '' && Number.isNaN(sample.value)) throw new Error(`NaN: ${sample.name}`)
      if (/^_(?:bucket|count)$/.test(suffix) && !Number.isInteger(sample.value))
        throw new Error(`not an integer: ${sample.name} ${sample.value}`)
      if (sample.exemplar !== undefined && !/^_(?:total|bucket)$/.test(suffix))
        throw new Error(`an exemplar: ${sample.name}`)
    }
  }
}

const claimedSuffixes: Record<string, string[]> = {
  counter: ['_total', '_created'],
  summary: ['_count', '_sum', '_created'],
  histogram: ['_count', '_sum', '_bucket', '_created'],
  info: ['_info'],
}

const textSuffixes: Record<string, string[]> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}
const openMetricsSuffixes: Record<string, string[]> = {
  ...textSuffixes,
  counter: ['_total'],
  info: ['_info'],
}

function belongs(name: string, family: ParsedFamily, format: 'text' | 'openmetrics'): boolean {
  const suffixes = (format === 'text' ? textSuffixes : openMetricsSuffixes)[family.type] ?? ['']
  return suffixes.some((suffix) => name === family.name + suffix)
}

function parseSample(line: string, format: 'text' | 'openmetrics'): Sample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0]
  if (name === undefined) throw new Error(`no name: ${line}`)
  let at = name.length
  let labels: Record<string, string> = {}
  if (line[at] === '{') [labels, at] = parseLabels(line, at)
  if (line[at] !== ' ') throw new Error(`no space before the value: ${line}`)
  const [value, ...rest] = line.slice(at + 1).split(' ')
  const sample = { name, labels, value: parseNumber(value) }
  if (rest.length === 0) return sample
  if (format === 'text' || rest[0] !== '#') throw new Error(`something after the value: ${line}`)
  const from = line.indexOf('{', at + 1)
  const [exemplarLabels, end] = parseLabels(line, from)
  const [exemplarValue, timestamp] = line.slice(end + 1).split(' ')
  return {
    ...sample,
    exemplar: {
      labels: exemplarLabels,
      value: parseNumber(exemplarValue),
      ...(timestamp && { timestamp: Number(timestamp) }),
    },
  }
}

function parseLabels(line: string, from: number): [Record<string, string>, number] {
  const labels: Record<string, string> = Object.create(null)
  let at = from + 1
  while (line[at] !== '}') {
    const name = /^[a-zA-Z_][a-zA-Z0-9_]*/.exec(line.slice(at))?.[0]
    if (name === undefined || line.slice(at + name.length, at + name.length + 2) !== '="')
      throw new Error(`no label: ${line.slice(at)}`)
    if (name in labels) throw new Error(`label ${name} twice`)
    at += name.length + 2
    const start = at
    while (line[at] !== '"') {
      if (at >= line.length) throw new Error(`a label value does not end: ${line}`)
      at += line[at] === '\\' ? 2 : 1
    }
    labels[name] = unescape(line.slice(start, at), 'n\\"')
    at++
    if (line[at] === ',') at++
    else if (line[at] !== '}') throw new Error(`neither , nor }: ${line.slice(at)}`)
  }
  return [labels, at + 1]
}

function unescape(text: string, allowed: string): string {
  return text.replace(/\\(.?)/gs, (_, character: string) => {
    if (character === '' || !allowed.includes(character)) throw new Error(`no such escape: \\${character}`)
    return character === 'n' ? '\n' : character
  })
}

function parseNumber(text: string): number {
  const words: Record<string, number> = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity }
  if (text in words) return words[text]
  if (!/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw new Error(`not a number: ${text}`)
  return Number(text)
}
