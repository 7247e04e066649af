/** Tests the suite itself: each mistake that an encoder could make must be found by a receiver. */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mistakeRegistry, mistakes } from './encoder-mistakes.js'
import { startReceivers, type Receiver } from './receivers.js'
import { runRegistry, type GeneratedHost } from './registries.js'

let receivers: Receiver[] = []
let host: GeneratedHost
const found: string[] = []

beforeAll(async () => {
  receivers = await startReceivers()
  host = await runRegistry(mistakeRegistry)
})
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()))
  await host.host.stop()
  if (process.env['TIDEGAUGE_REMAKE'] === '1') writeFileSync(new URL('./FOUND.md', import.meta.url), report())
})

test.each(['text', 'openmetrics', 'protobuf'] as const)(
  'every receiver accepts the %s document without a mistake',
  async (format) => {
    const document = await host.document(format)
    for (const receiver of receivers.filter(({ formats }) => formats.includes(format)))
      expect({
        receiver: receiver.name,
        problems: await receiver.check(document, host.expected(format)),
      }).toEqual({
        receiver: receiver.name,
        problems: [],
      })
  },
)

test.each(mistakes.map((mistake) => [mistake.format, mistake.name, mistake] as const))(
  '%s: a receiver finds that %s',
  async (format, name, mistake) => {
    const document = await host.document(format)
    const broken = await mistake.apply(document)
    expect(Buffer.compare(broken.body, document.body), 'the mistake changes something').not.toBe(0)
    const by: string[] = []
    for (const receiver of receivers.filter(({ formats }) => formats.includes(format)))
      if (
        !mistake.skippedReceivers?.includes(receiver.name) &&
        (await receiver.check(broken, host.expected(format))).length > 0
      )
        by.push(receiver.name)
    found.push(`| ${format} | ${name} | ${by.join(', ')} |`)
    expect(by).not.toEqual([])
  },
)

test('there are at least thirty different mistakes', () => {
  expect(new Set(mistakes.map(({ name }) => name)).size).toBeGreaterThanOrEqual(30)
})

function report(): string {
  return [
    '# Which receiver finds which mistake of an encoder',
    '',
    'Written by `encoder-mistakes.test.ts` with `TIDEGAUGE_REMAKE=1`: Prometheus and promtool 2.42, Pushgateway 1.5.1,',
    'python3-prometheus-client 0.16, and the parsers of our tests, which also compare every value.',
    '',
    '| Format | Mistake | Found by |',
    '| --- | --- | --- |',
    ...found,
    '',
  ].join('\n')
}
