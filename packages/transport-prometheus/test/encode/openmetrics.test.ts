import { defineInstruments, type InstrumentTable } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { decodeProtobuf } from '../support/decode-protobuf.js'
import { parseExposition } from '../support/parse-exposition.js'
import { startPages } from '../support/start-pages.js'

const openMetrics = { accept: 'application/openmetrics-text;version=1.0.0' }

describe('names that clash in OpenMetrics only', () => {
  const counter = (name: string) => ({ kind: 'counter', name, help: 'h' }) as const
  const cases: [string, InstrumentTable, Record<string, string>][] = [
    [
      'counters x and x.created',
      { a: counter('x_total'), b: counter('x_created_total') },
      { x: 'counter', x_created_total: 'unknown' },
    ],
    [
      'a counter beside a gauge with its name of creation',
      { a: counter('a_total'), b: { kind: 'gauge', name: 'a_created', help: 'h' } },
      { a_total: 'unknown', a_created: 'gauge' },
    ],
    [
      'a counter beside an info',
      { a: counter('a_total'), b: { kind: 'info', name: 'a_info', help: 'h', labels: { v: {} } } },
      { a: 'counter', a_info: 'gauge' },
    ],
    ...['count', 'sum', 'bucket', 'created'].map(
      (suffix): [string, InstrumentTable, Record<string, string>] => [
        `a counter a_${suffix}_total before a histogram a`,
        { b: counter(`a_${suffix}_total`), a: { kind: 'histogram', name: 'a', help: 'h', bounds: [1] } },
        { [`a_${suffix}_total`]: 'unknown', a: 'histogram' },
      ],
    ),
    [
      'a counter a_total beside a summary a',
      { a: { kind: 'summary', name: 'a', help: 'h' }, b: counter('a_total') },
      { a: 'summary', a_total: 'unknown' },
    ],
    [
      'an info whose family is a sample of a summary',
      {
        a: { kind: 'info', name: 'a_count_info', help: 'h', labels: { v: {} } },
        b: { kind: 'summary', name: 'a', help: 'h' },
      },
      { a_count_info: 'gauge', a: 'summary' },
    ],
  ]
  test.each(cases)(
    '%s make a document that a strict parser accepts (issue 10.25)',
    async (_, table, types) => {
      const { get } = await startPages(defineInstruments(table))
      const families = parseExposition((await get('/metrics', openMetrics)).text, 'openmetrics')
      expect(Object.fromEntries(families.map(({ name, type }) => [name, type]))).toEqual(types)
    },
  )
})

describe('sums in OpenMetrics', () => {
  const table = {
    wait: { kind: 'histogram', name: 'wait', help: 'h', bounds: [1, 2], labels: { n: {} } },
    size: { kind: 'exponential_histogram', name: 'size', help: 'h', labels: { n: {} } },
    lag: { kind: 'summary', name: 'lag', help: 'h', quantiles: [0.5], labels: { n: {} } },
  } as const

  test('series stay when a sum becomes negative, NaN and positive again (issue 10.24)', async () => {
    const { instruments, get } = await startPages(table)
    const series = async () => {
      const families = parseExposition((await get('/metrics', openMetrics)).text, 'openmetrics')
      return families
        .flatMap(({ samples }) => samples)
        .filter(({ labels }) => labels['le'] === undefined || labels['le'] === '+Inf')
        .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
        .toSorted()
    }
    const { wait, size, lag } = instruments
    const observe = (value: number) => {
      for (const instrument of [wait, size, lag]) instrument.observe({ n: 'a' }, value)
    }
    observe(1.5)
    for (const instrument of [wait, size, lag]) instrument.observe({ n: 'b' }, 1)
    const before = await series()
    expect(before).toContain('wait_sum {"n":"a"}')
    for (const value of [-10, 20, -1e300]) {
      observe(value)
      expect(await series(), String(value)).toEqual(before)
    }
    for (const value of [Infinity, -Infinity]) wait.observe({ n: 'a' }, value)
    expect(await series()).toEqual(before)
  })

  test('a family with negative bounds has neither sum nor count, whatever its values (issue 10.24)', async () => {
    const { instruments, get } = await startPages({
      heat: { kind: 'histogram', name: 'heat', help: 'h', bounds: [-1, 1] },
    })
    for (const value of [5, -50]) {
      instruments.heat.observe(value)
      const [family] = parseExposition((await get('/metrics', openMetrics)).text, 'openmetrics')
      expect({ type: family.type, names: new Set(family.samples.map(({ name }) => name)) }).toEqual({
        type: 'histogram',
        names: new Set(['heat_bucket']),
      })
    }
  })
})

describe('units', () => {
  test('are not written for info and state sets (issue 10.27)', async () => {
    const { get } = await startPages({
      build: { kind: 'info', name: 'build_seconds_info', help: 'h', unit: 'seconds', labels: { v: {} } },
      phase: { kind: 'state_set', name: 'phase_seconds', help: 'h', unit: 'seconds', states: ['a'] },
    } as never)
    expect((await get('/metrics', openMetrics)).text).not.toContain('# UNIT')
  })

  test('come before _total in protobuf, so that a unit "total" is none (issue 10.27)', async () => {
    const { origin } = await startPages({
      odd: { kind: 'counter', name: 'odd_total', help: 'h', unit: 'total' },
      sent: { kind: 'counter', name: 'sent_bytes_total', help: 'h', unit: 'bytes' },
      phase: { kind: 'state_set', name: 'phase_seconds', help: 'h', unit: 'seconds', states: ['a'] },
    } as never)
    const accept =
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'
    const answer = await fetch(`${origin}/metrics`, { headers: { accept } })
    const families = await decodeProtobuf(new Uint8Array(await answer.arrayBuffer()))
    const units = families.map((family) => [family.name, (family as { unit?: string }).unit || undefined])
    expect(units).toEqual([
      ['odd_total', undefined],
      ['sent_bytes_total', 'bytes'],
      ['phase_seconds', undefined],
    ])
  })
})
