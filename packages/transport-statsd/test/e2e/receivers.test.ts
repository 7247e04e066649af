/** The original server has every style's lines under the right names, with the values of the registry. */
import { defineInstruments } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { startStatsd } from '../support/statsd-server.js'
import { statsd } from '../../src/index.js'
import { parseLine, styles, type Style } from '../support/parser/index.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'shop_hits_total', help: 'Hits.', labels: { region: {}, shelf: {} } },
  heat: { kind: 'gauge', name: 'shop_heat', help: 'Heat.', labels: { region: {}, shelf: {} } },
  wait: { kind: 'histogram', name: 'shop_wait_seconds', help: 'Waiting.', bounds: [1, 2.5] },
})

/** Name and tags of one of the server's keys; DogStatsD tags are stored in Graphite's form. */
function seriesOf(style: Style, key: string) {
  const [first, ...rest] = key.split(';')
  const suffix = rest.length > 0 ? `|#${rest.map((tag) => tag.replace('=', ':')).join(',')}` : ''
  const [{ name, tags }] = parseLine(style, `${first}:1|c${suffix}`)
  return { name, labels: Object.fromEntries(tags) }
}

/** The server's values as `name{labels}`. */
function read(style: Style, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const { name, labels } = seriesOf(style, key)
      return [`${name}${JSON.stringify(labels)}`, value]
    }),
  )
}

it.each(styles.flatMap((style) => (['udp', 'tcp'] as const).map((protocol) => ({ style, protocol }))))(
  'the original server reads names, tags and values: $style over $protocol',
  async ({ style, protocol }) => {
    const server = await startStatsd({ names: style === 'none' ? 'sanitized' : 'kept' })
    onTestFinished(() => server.kill())
    const transport = statsd({ protocol, port: server.port, tags: style, flushIntervalMs: 3_600_000 })
    const { tidegauge, instruments } = await startTestHost(table, { transports: [transport] })
    const waits = transport.samples({ name: 'shop.wait', type: 'ms', labels: { shelf: 'a' } })
    const name = (own: string, labels: Record<string, string>) =>
      style === 'none'
        ? `${[own, ...Object.entries(labels).flat()].join('.').replaceAll('+', '_')}{}`
        : `${own}${JSON.stringify(labels)}`
    for (let round = 1; round <= 3; round++) {
      instruments.hits.inc({ region: 'eu-west', shelf: 'a' }, 3)
      instruments.hits.inc({ region: 'us', shelf: 'b/c' }, 0.25)
      instruments.heat.set({ region: 'eu-west', shelf: 'a' }, -20 + round)
      instruments.heat.set({ region: 'us', shelf: 'a' }, round)
      for (const seconds of [0.5, 2, 2, 9]) instruments.wait.observe(seconds)
      waits.record(12.5)
      waits.record(round)
      await tidegauge.flush()
      const flushed = await server.flush()
      const slashed = style === 'none' ? 'b_c' : 'b/c'
      expect(read(style, flushed.counters)).toEqual({
        [name('shop_hits_total', { region: 'eu-west', shelf: 'a' })]: 3,
        [name('shop_hits_total', { region: 'us', shelf: slashed })]: 0.25,
        [name('shop_wait_seconds.count', {})]: 4,
        [name('shop_wait_seconds.sum', {})]: 13.5,
        [name('shop_wait_seconds.bucket', { le: '1' })]: 1,
        [name('shop_wait_seconds.bucket', { le: style === 'none' ? '2_5' : '2.5' })]: 3,
        [name('shop_wait_seconds.bucket', { le: '+Inf' })]: 4,
      })
      expect(read(style, flushed.gauges)).toEqual({
        [name('shop_heat', { region: 'eu-west', shelf: 'a' })]: -20 + round,
        [name('shop_heat', { region: 'us', shelf: 'a' })]: round,
      })
      const timers = Object.entries(flushed.timers)
      expect(timers.map(([key]) => Object.keys(read(style, { [key]: 0 }))[0])).toEqual([
        name('shop.wait', { shelf: 'a' }),
      ])
      expect(timers[0][1]).toEqual([round, 12.5])
    }
    expect(server.badLines).toBe(0)
  },
)

it.each(['udp', 'tcp'] as const)(
  'the original server loses no count of labels in any script, and reads no line that was not sent: %s',
  async (protocol) => {
    const server = await startStatsd()
    onTestFinished(() => server.kill())
    const transport = statsd({ protocol, port: server.port, flushIntervalMs: 3_600_000 })
    const { tidegauge, instruments } = await startTestHost(table, { transports: [transport] })
    // over TCP the server clears the highest bit of each byte: some of these become line breaks and separators
    const shelves = Array.from({ length: 1_500 }, (_, i) => `${String.fromCodePoint(0xa1 + i)}1|c${i}`)
    for (const shelf of shelves) instruments.hits.inc({ region: 'Ê:º|ü', shelf }, 2)
    await tidegauge.flush()
    const { counters } = await server.flush()
    const counted = Object.entries(counters).filter(([key]) => key.startsWith('shop_hits_total;region='))
    expect(counted.reduce((sum, [, value]) => sum + value, 0)).toBe(2 * shelves.length)
    // the number keeps the series different
    expect(counted).toHaveLength(shelves.length)
    expect(Object.keys(counters).filter((key) => !key.startsWith('shop_'))).toEqual([])
    expect(server.badLines).toBe(0)
  },
)
