/** What a receiver has been told of each series of a plan, by the line's own word for it. */
import {
  createServerModel,
  parseDatagram,
  type Line,
  type ServerModel,
  type Style,
  type Tags,
} from '../../support/parser/index.js'
import { isReplacedName, tagFault, type NonAscii } from './expect-replaced.js'
import { bounds, labelsOf, quantiles, type Plan, type PlanFamily } from './hostile-plan.js'

/** A line that belongs to a series: what it tells of it, and how to ask the model for it. */
interface Known {
  readonly line: Line
  readonly figure: string
}

export interface Reading {
  /** Why a line is not one of the plan's, if there is such a one. */
  readonly faults: readonly string[]
  readonly lines: number
  /** By family, series and figure: `3/0/`, `3/0/count`, `3/0/le=0_5`. */
  readonly known: ReadonlyMap<string, Line>
  /** The largest magnitude that was told of each figure: what adding up can have rounded by is a part of it. */
  readonly largest: ReadonlyMap<string, number>
  /** With signed gauges added, and with them taken as they are. */
  readonly added: ServerModel
  readonly absolute: ServerModel
}

/** How what arrived was written. */
export interface Writing {
  readonly style: Style
  readonly nonAscii?: NonAscii
}

export function readAll(plan: Plan, writing: Writing, datagrams: readonly Uint8Array[]): Reading {
  const { style } = writing
  const faults: string[] = []
  const known = new Map<string, Line>()
  const largest = new Map<string, number>()
  const models = { added: createServerModel(style), absolute: createServerModel(style, 'absolute') }
  let lines = 0
  for (const datagram of datagrams) {
    if (writing.nonAscii === 'replace' && datagram.some((byte) => byte > 0x7e))
      faults.push('a byte beyond ASCII')
    models.absolute.receive(datagram)
    models.added.receive(datagram)
    for (const line of parseDatagram(style, datagram)) {
      lines++
      const found = whose(plan, writing, line)
      if (typeof found === 'string') faults.push(`${JSON.stringify(line)}: ${found}`)
      else {
        known.set(found.figure, found.line)
        largest.set(found.figure, Math.max(Math.abs(line.value), largest.get(found.figure) ?? 0))
      }
    }
  }
  return { faults, lines, known, largest, ...models }
}

/** The figure that a line tells, or why it tells none. */
function whose(plan: Plan, writing: Writing, line: Line): Known | string {
  const { style } = writing
  const { name, tags } = style === 'none' ? unfold(plan, line) : line
  const at = /_?\.?f(\d+)(?:[._](count|sum|bucket))?_?$/.exec(name)
  const family = plan.families[Number(at?.[1] ?? -1)]
  if (family === undefined) return 'a name that is nobody’s'
  const chosen = plan.names === 'dotted' ? (family.dottedName ?? family.name) : family.name
  const suffix = at![2] === undefined ? '' : `${plan.names === 'dotted' ? '.' : '_'}${at![2]}`
  if (!isReplacedName(plan.prefix + chosen + suffix, name)) return `a wrong name for ${plan.prefix}${chosen}`
  const id = tags.find(([key]) => key === 'id')?.[1]
  const series = family.series[Number(id ?? -1)]
  if (series === undefined) return 'a series that is nobody’s'
  const extra = extraTag(family, at![2], tags)
  const due: Tags = [
    ['env', plan.globalTag],
    ['node', plan.constantLabel],
    ...Object.entries(labelsOf(series, Number(id))),
    ...(extra === undefined ? [] : [[extra.key, extra.text] as const]),
  ]
  const fault = tagFault(writing, due, tags)
  if (fault !== undefined) return fault
  const figure = [at![2], extra && `${extra.key}=${extra.text}`].filter(Boolean).join('/')
  return { line, figure: `${at![1]}/${id}/${figure}` }
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
    return { key: 'le', text: texts.get(last[1]) ?? 'no bound' }
  }
  return suffix === undefined && isDistribution(family)
    ? { key: 'quantile', text: quantileTexts.get(last[1]) ?? 'no quantile' }
    : undefined
}

/** Texts of numbers by what they may have become: themselves, or without full stops and plus signs. */
function textsOf(numbers: readonly number[]): ReadonlyMap<string, string> {
  const texts = numbers.map((one) => (one === Infinity ? '+Inf' : String(one)))
  return new Map([
    ...texts.map((text) => [text.replace(/[.+]/g, '_'), text] as const),
    ...texts.map((text) => [text, text] as const),
  ])
}

const boundTexts = textsOf([...bounds, Infinity])
/** An exponential histogram is told at powers of two, zero and infinity. */
const powerTexts = textsOf([0, Infinity, ...Array.from({ length: 2_200 }, (_, i) => 2 ** (i - 1_100))])
const quantileTexts = textsOf([...quantiles, 0.9, 0.99])

export const isDistribution = ({ kind }: PlanFamily) =>
  kind === 'histogram' || kind === 'exponential_histogram' || kind === 'summary'

/** Without tags, names of labels and values are parts of the name, behind it: `name.label.value.label.value`. */
function unfold(plan: Plan, { name }: Line): { name: string; tags: Tags } {
  // no part holds a dot, so that labels that are known are found from the end
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
