/** The suite itself is tried: each mistake that an encoder could make must be caught by somebody. */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { faults, seededRegistry } from './faults.js'
import { startReceivers, type Receiver } from './receivers.js'
import { runRegistry, type GeneratedHost } from './registries.js'

let receivers: Receiver[] = []
let host: GeneratedHost
const caught: string[] = []

beforeAll(async () => {
  receivers = await startReceivers()
  host = await runRegistry(seededRegistry)
})
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.stop()))
  await host.host.stop()
  if (process.env['TIDEGAUGE_REMAKE'] === '1')
    writeFileSync(new URL('./CAUGHT.md', import.meta.url), report())
})

test.each(['text', 'openmetrics', 'protobuf'] as const)(
  'nobody refuses the %s document without a fault',
  async (format) => {
    const document = await host.document(format)
    for (const receiver of receivers.filter(({ formats }) => formats.includes(format)))
      expect({ who: receiver.name, faults: await receiver.check(document, host.expected(format)) }).toEqual({
        who: receiver.name,
        faults: [],
      })
  },
)

test.each(faults.map((fault) => [fault.format, fault.name, fault] as const))(
  '%s: it is caught that %s',
  async (format, name, fault) => {
    const document = await host.document(format)
    const broken = await fault.seed(document)
    expect(Buffer.compare(broken.body, document.body), 'the fault changes something').not.toBe(0)
    const by: string[] = []
    for (const receiver of receivers.filter(({ formats }) => formats.includes(format)))
      if (
        !fault.spared?.includes(receiver.name) &&
        (await receiver.check(broken, host.expected(format))).length > 0
      )
        by.push(receiver.name)
    caught.push(`| ${format} | ${name} | ${by.join(', ')} |`)
    expect(by).not.toEqual([])
  },
)

test('there are at least thirty faults of different kinds', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBeGreaterThanOrEqual(30)
})

function report(): string {
  return [
    '# Who catches which encoder fault',
    '',
    'Written by `seeded-faults.test.ts` with `TIDEGAUGE_REMAKE=1`: Prometheus and promtool 2.42, Pushgateway 1.5.1,',
    'python3-prometheus-client 0.16, and the parsers of our tests, which also compare every value.',
    '',
    '| Format | Fault | Caught by |',
    '| --- | --- | --- |',
    ...caught,
    '',
  ].join('\n')
}
