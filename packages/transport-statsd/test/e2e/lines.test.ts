/** Whatever is recorded, every line is read back by a parser that knows the formats and nothing of ours. */
import fc from 'fast-check'
import type { Handles, InstrumentTable } from '@tidegauge/core'
import { createTidegauge } from '@tidegauge/core'
import { createMemoryTransport, type PlainFamily, type PlainSeries, runs } from '@tidegauge/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statsd } from '../../src/index.js'
import { parseDatagram, styles, type Style } from '../support/parser/index.js'
import type { Protocol } from '../../../../tools/test/statsd-receiver.js'
import { isReplacedName, tagFault } from './support/expect-replaced.js'
import { anyNumber, hostileText } from './support/hostile-text.js'
import { openLink, type Link } from './support/link.js'
import { bounds, plans, record, tableOf, type Plan, type PlanFamily } from './support/hostile-plan.js'
import { isDistribution, readAll, type Reading, type Writing } from './support/reading.js'

const protocols = ['udp', 'tcp', 'unix'] as const
const links = new Map<Protocol, Link>()
let linesRead = 0
beforeAll(async () => {
  for (const protocol of protocols) links.set(protocol, await openLink(protocol))
})
afterAll(async () => {
  console.log(`${linesRead} lines were read back`)
  for (const link of links.values()) await link.stop()
})

/**
 * Records twice, flushes twice, and returns what arrived beside what the registry holds then, with what the stop
 * still told.
 */
async function send(plan: Plan, { style, nonAscii = 'keep' }: Writing, link: Link) {
  let instruments!: Handles<InstrumentTable>
  const memory = createMemoryTransport()
  const transport = statsd({
    ...link.options,
    tags: style,
    nonAscii,
    names: plan.names,
    prefix: plan.prefix,
    histograms: plan.histograms,
    unchangedGauges: plan.unchangedGauges,
    maxDatagramBytes: plan.maxDatagramBytes,
    globalTags: { env: plan.globalTag },
    flushIntervalMs: 3_600_000,
  })
  const plugin = {
    name: 'app',
    version: '0.0.0',
    apiLevel: 1,
    instruments: tableOf(plan),
    start: (context: any) => void (instruments = context.instruments),
  }
  const host = createTidegauge({ selfMetrics: 'off' })
    .use(plugin, { intervalMs: 0, labels: { node: plan.constantLabel } })
    .export(memory)
    .export(transport)
  await host.start()
  let isStopped = false
  try {
    for (const round of [0, 1] as const) {
      record(plan, instruments, round)
      await host.flush()
    }
    const datagrams = await link.arrived()
    for (const { length } of datagrams) {
      expect(length).toBeGreaterThan(0)
      expect(length).toBeLessThanOrEqual(plan.maxDatagramBytes)
    }
    const families = memory.read()
    isStopped = true
    await host.stop()
    return { datagrams, families, atStop: await link.arrived(), details: transport.describe!() }
  } finally {
    if (!isStopped) {
      await host.stop()
      await link.arrived()
    }
  }
}

/** Equal but for what adding deltas of up to this magnitude can round off. */
function isClose(a: number | undefined, b: number, largest: number): boolean {
  return a !== undefined && (a === b || Math.abs(a - b) <= 4 * Number.EPSILON * largest)
}

/** What the receiver does not hold as the registry does, in words. */
function* differences(plan: Plan, reading: Reading, families: readonly PlainFamily[]) {
  for (const family of families) {
    const at = plan.families.findIndex(({ name }) => name === family.name)
    for (const series of family.series)
      for (const [figure, value, isCounter] of figuresOf(plan, plan.families[at], series)) {
        const key = `${at}/${series.labels['id']}/${figure}`
        const line = reading.known.get(key)
        if (line === undefined) {
          if (Number.isFinite(value)) yield `nothing told of ${key}, which is ${value}`
          continue
        }
        const labels = Object.fromEntries(line.tags)
        const { added, absolute } = reading
        const told = isCounter
          ? [added.counter(line.name, labels)]
          : [added.gauge(line.name, labels), absolute.gauge(line.name, labels)]
        for (const one of told)
          if (Number.isFinite(value) && !isClose(one, value, isCounter ? reading.largest.get(key)! : 0))
            yield `${key} is told as ${one}, and is ${value}`
      }
  }
}

type Told = [figure: string, value: number, isCounter: boolean]

/** What a series has to tell under one figure each, without quantiles: those are estimates. */
function figuresOf(plan: Plan, family: PlanFamily, series: PlainSeries): Told[] {
  if (isDistribution(family))
    return [['count', series.count!, true], ['sum', series.sum!, true], ...bucketsOf(plan, family, series)]
  if (family.kind === 'state_set')
    return Object.entries(series.states!).map(([state, on]) => [`${family.name}=${state}`, Number(on), false])
  return [['', series.value!, family.kind === 'counter']]
}

/** As `le` counts: each with all that is below it. */
function bucketsOf(plan: Plan, family: PlanFamily, series: PlainSeries): Told[] {
  if (plan.histograms !== 'buckets' || family.kind === 'summary') return []
  if (family.kind === 'exponential_histogram') return [['bucket/le=+Inf', series.count!, true]]
  let below = 0
  return series.buckets!.map((count, i): Told => [`bucket/le=${bounds[i] ?? '+Inf'}`, (below += count), true])
}

async function expectReadBack(plan: Plan, writing: Writing, protocol: Protocol): Promise<void> {
  const { datagrams, families, details, atStop } = await send(plan, writing, links.get(protocol)!)
  const reading = readAll(plan, writing, [...datagrams, ...atStop])
  linesRead += reading.lines
  expect(reading.faults).toEqual([])
  expect([...differences(plan, reading, families)]).toEqual([])
  expect(details).not.toHaveProperty('dropped_oversized')
  expect(Number(details['lines'])).toBe(reading.lines)
  // nothing has come since the second flush; gauges are told again
  const late = atStop.flatMap((datagram) => parseDatagram(writing.style, datagram))
  expect(late.filter(({ kind }) => kind !== 'g' || plan.unchangedGauges === 'skip')).toEqual([])
}

describe.each(styles)('whatever is recorded, in the style %s', (style) => {
  it('every line is read back to the right name, tags, kind and value', { timeout: 3_600_000 }, async () => {
    const property = fc.asyncProperty(plans, (plan) => expectReadBack(plan, { style }, 'udp'))
    // more than a million lines of all styles under `npm run test:long`
    await fc.assert(property, { numRuns: runs(150) })
  })

  it('every sample that was forwarded is read back as it was', { timeout: 3_600_000 }, async () => {
    const property = fc.asyncProperty(fc.array(sampleSeries, { minLength: 1, maxLength: 5 }), (all) =>
      expectSamples(all, style),
    )
    await fc.assert(property, { numRuns: runs(40) })
  })
})

const writings = fc.record<Writing>({
  style: fc.constantFrom(...styles),
  nonAscii: fc.constantFrom('keep', 'replace'),
})

it.each(['tcp', 'unix'] as const)(
  'every line of any style is read back, over %s',
  { timeout: 3_600_000 },
  async (protocol) => {
    const property = fc.asyncProperty(plans, writings, (plan, writing) =>
      expectReadBack(plan, writing, protocol),
    )
    await fc.assert(property, { numRuns: runs(30) })
  },
)

interface Samples {
  readonly name: string
  readonly type: 'ms' | 'h' | 'd'
  readonly label: string
  readonly rate: number
  readonly values: readonly number[]
}

const sampleSeries: fc.Arbitrary<Samples> = fc.record({
  name: hostileText,
  type: fc.constantFrom('ms', 'h', 'd'),
  label: hostileText,
  rate: fc.constantFrom(1, 0.999, 0.5),
  values: fc.array(anyNumber, { maxLength: 20 }),
})

/** Each series has a name of its own; with a rate, what arrives is a part of what was recorded, in its order. */
async function expectSamples(all: readonly Samples[], style: Style): Promise<void> {
  const link = links.get('udp')!
  const transport = statsd({ ...link.options, tags: style, flushIntervalMs: 3_600_000 })
  const host = createTidegauge({ selfMetrics: 'off' }).export(transport)
  await host.start()
  for (const [i, { name, type, label, rate, values }] of all.entries()) {
    const series = transport.samples({ name: `${name}_x${i}`, type, rate, labels: { label, id: `${i}` } })
    for (const value of values) series.record(value)
  }
  await host.stop()
  const lines = (await link.arrived()).flatMap((datagram) => parseDatagram(style, datagram))
  linesRead += lines.length
  for (const [i, { name, type, label, rate, values }] of all.entries()) {
    const own = lines.filter((line) => new RegExp(`_x${i}(\\.|$)`).test(line.name))
    for (const line of own) {
      if (style === 'none') expect(line.name).toMatch(new RegExp(`\\.id\\.${i}$`))
      else {
        expect(isReplacedName(`${name}_x${i}`, line.name)).toBe(true)
        expect(
          tagFault(
            { style },
            [
              ['label', label],
              ['id', `${i}`],
            ],
            line.tags,
          ),
        ).toBeUndefined()
      }
      expect(line.kind).toBe(type)
      expect(line.sampleRate).toBe(rate)
    }
    const due = values.filter((one) => Number.isFinite(one) && (type !== 'ms' || one >= 0))
    const got = own.map(({ value }) => value)
    if (rate === 1) expect(got).toEqual(due.map((one) => one + 0))
    else
      for (let at = 0, next = 0; next < got.length; at++) {
        expect(at).toBeLessThan(due.length)
        if (due[at] + 0 === got[next]) next++
      }
  }
  expect(lines.length).toBeLessThanOrEqual(all.reduce((sum, { values }) => sum + values.length, 0))
}
