/** Whatever is recorded, every line is read back by a parser that was written from the formats alone. */
import fc from 'fast-check'
import { createTidegauge } from '@tidegauge/core'
import { createMemoryTransport, type PlainFamily, type PlainSeries, runs } from '@tidegauge/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statsd } from '../../src/index.js'
import { parseDatagram, styles, type Style } from '../support/parser/index.js'
import type { Protocol } from '../support/receiver-process.js'
import { isReplacedName, tagProblem, type Writing } from './support/replaced-text.js'
import { anyNumber, hostileText } from './support/hostile-text.js'
import { openTarget, type Target } from './support/target.js'
import { bounds, plans, record, tableOf, type Plan, type PlanFamily } from './support/hostile-plan.js'
import { isDistribution, readAll, type Received } from './support/received-series.js'

const protocols = ['udp', 'tcp', 'unix'] as const
const targets = new Map<Protocol, Target>()
let linesRead = 0
beforeAll(async () => {
  for (const protocol of protocols) targets.set(protocol, await openTarget(protocol))
})
afterAll(async () => {
  console.log(`${linesRead} lines were read back`)
  for (const target of targets.values()) await target.stop()
})

/** Records and flushes twice. Returns what arrived, what the registry has then, and what the stop sent. */
async function send(plan: Plan, { style, nonAscii = 'keep' }: Writing, target: Target) {
  const memory = createMemoryTransport()
  const transport = statsd({
    ...target.options,
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
  const tidegauge = createTidegauge({ selfMetrics: 'off', logger: 'silent' }).export(memory).export(transport)
  const instruments = tidegauge.instruments('app', tableOf(plan), { labels: { node: plan.constantLabel } })
  await tidegauge.start()
  let isStopped = false
  try {
    for (const round of [0, 1] as const) {
      record(plan, instruments, round)
      await tidegauge.flush()
    }
    const datagrams = await target.arrived()
    for (const { length } of datagrams) {
      expect(length).toBeGreaterThan(0)
      expect(length).toBeLessThanOrEqual(plan.maxDatagramBytes)
    }
    const families = memory.read()
    isStopped = true
    await tidegauge.stop()
    return { datagrams, families, atStop: await target.arrived(), details: transport.describe!() }
  } finally {
    if (!isStopped) {
      await tidegauge.stop()
      await target.arrived()
    }
  }
}

/** Equal apart from the rounding of a sum of deltas up to this magnitude. */
function isClose(a: number | undefined, b: number, largest: number): boolean {
  return a !== undefined && (a === b || Math.abs(a - b) <= 4 * Number.EPSILON * largest)
}

/** Where the receiver's values are not those of the registry. */
function* differences(plan: Plan, received: Received, families: readonly PlainFamily[]) {
  for (const family of families) {
    const at = plan.families.findIndex(({ name }) => name === family.name)
    for (const series of family.series)
      for (const [suffix, value, isCounter] of valuesOf(plan, plan.families[at], series)) {
        const key = `${at}/${series.labels['id']}/${suffix}`
        const line = received.byKey.get(key)
        if (line === undefined) {
          if (Number.isFinite(value)) yield `nothing was sent of ${key}, which is ${value}`
          continue
        }
        const labels = Object.fromEntries(line.tags)
        const { added, absolute } = received
        const values = isCounter
          ? [added.counter(line.name, labels)]
          : [added.gauge(line.name, labels), absolute.gauge(line.name, labels)]
        for (const one of values)
          if (Number.isFinite(value) && !isClose(one, value, isCounter ? received.largest.get(key)! : 0))
            yield `${key} was received as ${one}, and is ${value}`
      }
  }
}

type SeriesValue = [suffix: string, value: number, isCounter: boolean]

/** The values of a series by the suffix of their key, without quantiles, which are estimates. */
function valuesOf(plan: Plan, family: PlanFamily, series: PlainSeries): SeriesValue[] {
  if (isDistribution(family))
    return [['count', series.count!, true], ['sum', series.sum!, true], ...bucketsOf(plan, family, series)]
  if (family.kind === 'state_set')
    return Object.entries(series.states!).map(([state, on]) => [`${family.name}=${state}`, Number(on), false])
  return [['', series.value!, family.kind === 'counter']]
}

/** Cumulative, as `le` is. */
function bucketsOf(plan: Plan, family: PlanFamily, series: PlainSeries): SeriesValue[] {
  if (plan.histograms !== 'buckets' || family.kind === 'summary') return []
  if (family.kind === 'exponential_histogram') return [['bucket/le=+Inf', series.count!, true]]
  let below = 0
  return series.buckets!.map((count, i): SeriesValue => [
    `bucket/le=${bounds[i] ?? '+Inf'}`,
    (below += count),
    true,
  ])
}

async function expectReadBack(plan: Plan, writing: Writing, protocol: Protocol): Promise<void> {
  const { datagrams, families, details, atStop } = await send(plan, writing, targets.get(protocol)!)
  const received = readAll(plan, writing, [...datagrams, ...atStop])
  linesRead += received.lines
  expect(received.problems).toEqual([])
  expect([...differences(plan, received, families)]).toEqual([])
  expect(details).not.toHaveProperty('dropped_oversized')
  expect(Number(details['lines'])).toBe(received.lines)
  // nothing changed since the second flush; gauges are sent again
  const lastLines = atStop.flatMap((datagram) => parseDatagram(writing.style, datagram))
  expect(lastLines.filter(({ kind }) => kind !== 'g' || plan.unchangedGauges === 'skip')).toEqual([])
}

describe.each(styles)('whatever is recorded, in the style %s', (style) => {
  it('every line is read back to the right name, tags, kind and value', { timeout: 3_600_000 }, async () => {
    const property = fc.asyncProperty(plans, (plan) => expectReadBack(plan, { style }, 'udp'))
    // more than a million lines of all styles under `npm run test:long`
    await fc.assert(property, { numRuns: runs(150) })
  })

  it('every sample is read back as it was recorded', { timeout: 3_600_000 }, async () => {
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

/** Each series has its own name; with a rate, a part of what was recorded arrives, in the same order. */
async function expectSamples(all: readonly Samples[], style: Style): Promise<void> {
  const target = targets.get('udp')!
  const transport = statsd({ ...target.options, tags: style, flushIntervalMs: 3_600_000 })
  const tidegauge = createTidegauge({ selfMetrics: 'off', logger: 'silent' }).export(transport)
  await tidegauge.start()
  for (const [i, { name, type, label, rate, values }] of all.entries()) {
    const series = transport.samples({ name: `${name}_x${i}`, type, rate, labels: { label, id: `${i}` } })
    for (const value of values) series.record(value)
  }
  await tidegauge.stop()
  const lines = (await target.arrived()).flatMap((datagram) => parseDatagram(style, datagram))
  linesRead += lines.length
  for (const [i, { name, type, label, rate, values }] of all.entries()) {
    const own = lines.filter((line) => new RegExp(`_x${i}(\\.|$)`).test(line.name))
    for (const line of own) {
      if (style === 'none') expect(line.name).toMatch(new RegExp(`\\.id\\.${i}$`))
      else {
        expect(isReplacedName(`${name}_x${i}`, line.name)).toBe(true)
        expect(
          tagProblem(
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
    const expected = values.filter((one) => Number.isFinite(one) && (type !== 'ms' || one >= 0))
    const got = own.map(({ value }) => value)
    if (rate === 1) expect(got).toEqual(expected.map((one) => one + 0))
    else
      for (let at = 0, next = 0; next < got.length; at++) {
        expect(at).toBeLessThan(expected.length)
        if (expected[at] + 0 === got[next]) next++
      }
  }
  expect(lines.length).toBeLessThanOrEqual(all.reduce((sum, { values }) => sum + values.length, 0))
}
