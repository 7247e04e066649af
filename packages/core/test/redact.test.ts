import { createTidegauge, definePlugin, describeThrown, describeValue } from '@tidegauge/core'
import { createManualClock } from '@tidegauge/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const secret = 'hunter2'
const texts = [
  `connect to postgres://admin:${secret}@db:5432/x failed`,
  `redis://:${secret}@127.0.0.1`,
  `amqp://user:p@ss${secret}@host/vhost`,
  `https://${secret}@example.org/`,
  `password=${secret}&x=1`,
  `{"password":"${secret}"}`,
  `Authorization: Bearer ${secret}`,
  `token: ${secret}`,
  `api_key=${secret}`,
  `Basic ${secret}`,
]

describe('credentials (issue 10, 20)', () => {
  test.each(texts)('are removed from an error: %s', (text) => {
    expect(describeThrown(new Error(text))).not.toContain(secret)
    expect(describeValue(text)).not.toContain(secret)
  })

  test('are removed from what a plugin logs and from health', async () => {
    const lines: string[] = []
    const log = (message: string) => void lines.push(message)
    const logger = { debug: log, info: log, warn: log, error: log }
    const plugin = definePlugin({
      name: 'db',
      version: '1.0.0',
      apiLevel: 1,
      instruments: {},
      start(context) {
        context.logger.warn(texts[0])
        throw new Error(texts[0])
      },
    })
    const host = createTidegauge({ logger, clock: createManualClock() }).use(plugin)
    await host.start()
    await host.stop()
    expect(lines).toHaveLength(2)
    expect(JSON.stringify([lines, host.health()])).not.toContain(secret)
    expect(host.health().plugins[0].lastError).toContain('postgres://***@db:5432/x')
  })

  test('are all that is removed from ordinary messages', () => {
    for (const text of [
      'plugin "x": collect failed',
      'see https://example.org/a@b',
      'the token ring',
      'a: b=c',
    ])
      expect(describeThrown(new Error(text))).toBe(text)
  })

  test('are removed whatever stands around them', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const shown = describeThrown(new Error(`${before} redis://u:${secret}@h ${after}`))
        expect(shown.includes(secret)).toBe(before.includes(secret) || after.includes(secret))
      }),
    )
  })
})
