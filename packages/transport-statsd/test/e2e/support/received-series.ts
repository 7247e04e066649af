/** What a receiver has of each series of a plan, read from the lines that arrived. */
import {
  createServerModel,
  parseDatagram,
  type Line,
  type ServerModel,
  type Tags,
} from '../../support/parser/index.js'
import { bounds, labelsOf, quantiles, tagNameOf, type Plan, type PlanFamily } from './hostile-plan.js'
import { isReplacedName, tagProblem, type Writing } from './replaced-text.js'

/** A line of a series. The key is its family, series, suffix and extra tag: `3/0/`, `3/0/count`, `3/0/le=0_5`. */
interface KnownLine {
  readonly line: Line
  readonly key: string
}

export interface Received {
  /** Why lines are not lines of the plan. */
  readonly problems: readonly string[]
  /** How many lines were read. */
  readonly lines: number
  /** The last line of each key. */
  readonly byKey: ReadonlyMap<string, Line>
  /** The largest magnitude of each key: the rounding of a sum is a part of it. */
  readonly largest: ReadonlyMap<string, number>
  /** With signed gauges added, and with signed gauges as they are. */
  readonly added: ServerModel
  readonly absolute: ServerModel
}

export function readAll(plan: Plan, writing: Writing, datagrams: readonly Uint8Array[]): Received {
  const { style } = writing
  const problems: string[] = []
  const byKey = new Map<string, Line>()
  const largest = new Map<string, number>()
  const models = { added: createServerModel(style), absolute: createServerModel(style, 'absolute') }
  let lines = 0
  for (const datagram of datagrams) {
    if (writing.nonAscii === 'replace' && datagram.some((byte) => byte > 0x7e))
      problems.push('a byte beyond ASCII')
    models.absolute.receive(datagram)
    models.added.receive(datagram)
    for (const line of parseDatagram(style, datagram)) {
      lines++
      const found = find(plan, writing, line)
      if (typeof found === 'string') problems.push(`${JSON.stringify(line)}: ${found}`)
      else {
        byKey.set(found.key, found.line)
        largest.set(found.key, Math.max(Math.abs(line.value), largest.get(found.key) ?? 0))
      }
    }
  }
  return { problems, lines, byKey, largest, ...models }
}

/** The series of a line, or why it has none. */
function find(plan: Plan, writing: Writing, line: Line): KnownLine | string {
  const { style } = writing
  const { name, tags } = style === 'none' ? unfold(plan, line) : line
  const match = /_?\.?f(\d+)(?:[._](count|sum|bucket))?_?$/.exec(name)
  const family = plan.families[Number(match?.[1] ?? -1)]
  if (family === undefined) return 'an unknown name'
  const chosen = plan.names === 'dotted' ? (family.dottedName ?? family.name) : family.name
  const suffix = match![2] === undefined ? '' : `${plan.names === 'dotted' ? '.' : '_'}${match![2]}`
  if (!isReplacedName(plan.prefix + chosen + suffix, name)) return `a wrong name for ${plan.prefix}${chosen}`
  const id = tags.find(([key]) => key === 'id')?.[1]
  const series = family.series[Number(id ?? -1)]
  if (series === undefined) return 'an unknown series'
  const extra = extraTag(family, match![2], tags)
  const expected: Tags = [
    ['env', plan.globalTag],
    ['node', plan.constantLabel],
    ...Object.entries(labelsOf(series, Number(id))).map(
      ([label, value]) => [tagNameOf(plan, family, label, style), value] as const,
    ),
    ...(extra === undefined ? [] : [[extra.key, extra.text] as const]),
  ]
  const problem = tagProblem(writing, expected, tags)
  if (problem !== undefined) return problem
  const rest = [match![2], extra && `${extra.key}=${extra.text}`].filter(Boolean).join('/')
  return { line, key: `${match![1]}/${id}/${rest}` }
}

/** The tag that only this line has: a bound, a quantile, or a state. */
function extraTag(family: PlanFamily, suffix: string | undefined, tags: Tags) {
  const last = tags.at(-1)!
  if (family.kind === 'state_set') {
    // states end with their number
    const state = family.states[Number(/\d$/.exec(last[1])?.[0] ?? -1)]
    return { key: family.name, text: state ?? '' }
  }
  if (suffix === 'bucket') {
    const texts = family.kind === 'histogram' ? boundTexts : powerTexts
    return { key: 'le', text: texts.get(last[1]) ?? 'not a bound' }
  }
  return suffix === undefined && isDistribution(family)
    ? { key: 'quantile', text: quantileTexts.get(last[1]) ?? 'not a quantile' }
    : undefined
}

/** Texts of numbers by what they may become: the same, or without full stops and plus signs. */
function textsOf(numbers: readonly number[]): ReadonlyMap<string, string> {
  const texts = numbers.map((one) => (one === Infinity ? '+Inf' : String(one)))
  return new Map([
    ...texts.map((text) => [text.replace(/[.+]/g, '_'), text] as const),
    ...texts.map((text) => [text, text] as const),
  ])
}

const boundTexts = textsOf([...bounds, Infinity])
/** An exponential histogram has bounds at powers of two, zero and infinity. */
const powerTexts = textsOf([0, Infinity, ...Array.from({ length: 2_200 }, (_, i) => 2 ** (i - 1_100))])
const quantileTexts = textsOf([...quantiles, 0.9, 0.99])

export const isDistribution = ({ kind }: PlanFamily) =>
  kind === 'histogram' || kind === 'exponential_histogram' || kind === 'summary'

/** Without tags, label names and values are parts of the name: `name.label.value.label.value`. */
function unfold(plan: Plan, { name }: Line): { name: string; tags: Tags } {
  // no part contains a dot, so the known labels are found from the end
  const labels = [
    'env',
    'node',
    'first',
    'id',
    'last',
    'le',
    'quantile',
    ...plan.families.map((one) => one.name),
  ]
  const parts = name.split('.')
  const tags: (readonly [string, string])[] = []
  let previous = labels.length
  while (parts.length > 2) {
    const at = labels.indexOf(parts.at(-2)!)
    if (at === -1 || at >= previous) break
    previous = at
    tags.unshift([parts.at(-2)!, parts.at(-1)!])
    parts.length -= 2
  }
  return { name: parts.join('.'), tags }
}
