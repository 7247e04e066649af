/** Sends generated registries to real programs, and compares every value that they have. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startReceivers, type DocumentFormat, type Receiver } from './receivers.js'
import { registries, runRegistry } from './registries.js'
import { runs } from '@tidegauge/testkit'

let receivers: Receiver[] = []
beforeAll(async () => {
  receivers = await startReceivers()
})
afterAll(() => Promise.all(receivers.map((receiver) => receiver.stop())))

describe.each(['text', 'openmetrics', 'protobuf'] as const)(
  'real receivers of %s',
  (format: DocumentFormat) => {
    test('accept every generated registry and have every value', { timeout: 3_000_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(registries, async (recorded) => {
          const { host, expected, document } = await runRegistry(recorded)
          try {
            const given = await document(format)
            for (const receiver of receivers.filter(({ formats }) => formats.includes(format)))
              expect({
                receiver: receiver.name,
                problems: await receiver.check(given, expected(format)),
              }).toEqual({
                receiver: receiver.name,
                problems: [],
              })
          } finally {
            await host.stop()
          }
        }),
        { numRuns: runs(12) },
      )
    })
  },
)
