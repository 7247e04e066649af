import fc from 'fast-check'
import { runs, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../../src/encode/byte-writer.js'
import { encodeText } from '../../src/encode/text.js'
import { parseExposition } from '../support/parse-exposition.js'

const ROWS = 30

/** What an attacker could send: special characters and lines of the formats, names of prototypes, invalid Unicode. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  {
    weight: 4,
    arbitrary: fc.string({
      unit: fc.constantFrom('"', '\\', '\n', '\r', 'n', '{', '}', ',', '=', ' ', '#', '1'),
      maxLength: 12,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '"} 1\ninjected_metric{y="',
      '\n# TYPE injected counter\ninjected 1',
      '\n# EOF\n',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      '\u2028',
      '\u0085',
      '\uFEFF',
      '\uD800',
      '\uDC00\uD800',
      '\0',
    ),
  },
)

describe.each(['text', 'openmetrics'] as const)('no recorded value can inject anything into %s', (format) => {
  test(
    'every value is parsed as it was recorded, in the same number of series',
    { timeout: 1_800_000 },
    async () => {
      const { memory, instruments } = await startTestHost({
        level: { kind: 'gauge', name: 'level', help: 'h', labels: { a: {}, b: {} } },
      })
      const { level } = instruments
      const buffer = new Uint8Array(256 * 1024)
      const row = fc.tuple(text, text, fc.double({ noNaN: true }))
      // a million rows of each format under `npm run test:long`
      fc.assert(
        fc.property(fc.array(row, { minLength: ROWS, maxLength: ROWS }), (rows) => {
          level.clear()
          const expected = new Map<string, number>()
          for (const [a, b, value] of rows) {
            level.set({ a, b }, value)
            expected.set(
              JSON.stringify([a, b].map((one) => one.toWellFormed().replaceAll('\0', '\uFFFD'))),
              value,
            )
          }
          const writer = new ByteWriter(buffer)
          const steps = encodeText(memory.context.read(), { writer, format, chunkBytes: 1e9 })
          steps.next()
          const families = parseExposition(
            new TextDecoder('utf-8', { ignoreBOM: true }).decode(writer.written),
            format,
          )
          expect(families.map(({ name }) => name)).toEqual(['level'])
          const { samples } = families[0]
          expect(samples).toHaveLength(expected.size)
          for (const { labels, value } of samples)
            if (!Object.is(expected.get(JSON.stringify([labels['a'], labels['b']])), value))
              expect({ labels, value }).toBe('what was recorded')
        }),
        { numRuns: runs(1_700) },
      )
    },
  )
})
