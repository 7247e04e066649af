import fc from 'fast-check'
import { defineInstruments } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { everyKind, recordEveryKind } from '../support/every-kind.js'
import { expectGolden } from '../support/golden.js'
import { parseExposition } from '../support/parse-exposition.js'
import { collecting, startPages } from '../support/start-pages.js'
import { runs } from '@tidegauge/testkit'

const openMetrics = { accept: 'application/openmetrics-text;version=1.0.0' }

describe('the text formats', () => {
  test('write every kind of instrument as the golden files say', async () => {
    const { instruments, get } = await startPages(everyKind, { use: { labels: { node: 'a' } } })
    recordEveryKind(instruments)
    expectGolden('every-kind.text.txt', (await get()).text)
    expectGolden('every-kind.openmetrics.txt', (await get('/metrics', openMetrics)).text)
  })

  test('write equal bytes for two scrapes of the same values', async () => {
    const { instruments, get } = await startPages(everyKind)
    recordEveryKind(instruments)
    expect((await get()).text).toBe((await get()).text)
  })

  test.each(['text', 'openmetrics'] as const)(
    'carry any label values and numbers unchanged in %s',
    async (format) => {
      const table = defineInstruments({
        level: {
          kind: 'gauge',
          name: 'level',
          help: 'h',
          labels: { a: {}, constructor: {}, b: {} },
          seriesLimit: 1e6,
        },
      })
      const { instruments, get } = await startPages(table)
      const level = instruments['level'] as any
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string(),
        fc.constantFrom('"', '\\', '\n', '\\n', '\r', '\u2028', '\uFEFF'),
      )
      const value = fc.double({ noNaN: true })
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(text, text, text, value), { maxLength: 30 }), async (rows) => {
          level.clear()
          const expected = new Map<string, number>()
          for (const [a, name, b, number] of rows) {
            level.set({ a, constructor: name, b }, number)
            const written = [a, name, b].map((one) => one.toWellFormed().replaceAll('\0', '\uFFFD'))
            expected.set(JSON.stringify(written), number)
          }
          const body = (await get('/metrics', format === 'text' ? {} : openMetrics)).text
          const families = parseExposition(body, format)
          expect(families.map(({ name }) => name)).toEqual(['level'])
          const got = new Map(
            families[0].samples.map(({ labels, value }) => [
              JSON.stringify([labels['a'], labels['constructor'], labels['b']]),
              value,
            ]),
          )
          expect(got).toEqual(expected)
        }),
        { numRuns: runs(150) },
      )
    },
  )

  test('carry any help, unit and name unchanged', async () => {
    const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/)
    await fc.assert(
      fc.asyncProperty(name, fc.string({ unit: 'binary' }), async (name, help) => {
        const { instruments, get, tidegauge } = await startPages({
          one: { kind: 'gauge', name, help, unit: 'bytes' },
        })
        instruments.one.set(1)
        const written = help.toWellFormed().replaceAll('\0', '\uFFFD')
        for (const format of ['text', 'openmetrics'] as const) {
          const { text } = await get('/metrics', format === 'text' ? {} : openMetrics)
          expect(parseExposition(text, format)).toMatchObject([
            { name, help: written, samples: [{ name, value: 1 }] },
          ])
        }
        await tidegauge.stop()
      }),
      { numRuns: runs(40) },
    )
  })

  test('write an exponential histogram with cumulative counts at powers of two', async () => {
    const { instruments, get } = await startPages({
      size: { kind: 'exponential_histogram', name: 'size', help: 'h' },
    })
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (value) =>
        instruments.size.observe(value),
      ),
      { numRuns: 500 },
    )
    const [family] = parseExposition((await get()).text, 'text')
    const buckets = family.samples.filter(({ name }) => name === 'size_bucket')
    const counts = buckets.map(({ value }) => value)
    expect(counts).toEqual([...counts].sort((a, b) => a - b))
    expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: 500 })
    expect(family.samples.find(({ name }) => name === 'size_count')!.value).toBe(500)
  })

  test('write only the header of an instrument without series', async () => {
    const { get } = await startPages({ idle: { kind: 'gauge', name: 'idle', help: 'h' } })
    expect((await get()).text).toBe('# HELP idle h\n# TYPE idle gauge\n')
  })

  test('write a counter as unknown in OpenMetrics where its family name is that of another family', async () => {
    const { get } = await startPages({
      jobs: { kind: 'gauge', name: 'jobs', help: 'h' },
      jobsTotal: { kind: 'counter', name: 'jobs_total', help: 'h' },
    })
    const families = parseExposition((await get('/metrics', openMetrics)).text, 'openmetrics')
    expect(families).toMatchObject([
      { name: 'jobs', type: 'gauge' },
      { name: 'jobs_total', type: 'unknown', samples: [{ name: 'jobs_total', value: 0 }] },
    ])
  })

  test('write the series of two instances under one header', async () => {
    const plugin = collecting(() => {}, {
      instruments: { up: { kind: 'counter', name: 'up_total', help: 'h' } },
    })
    const { get } = await startPages({ a: plugin, 'b"\n': plugin })
    expect((await get()).text).toBe(
      '# HELP up_total h\n# TYPE up_total counter\nup_total{node="a"} 0\nup_total{node="b\\"\\n"} 0\n',
    )
  })
})
