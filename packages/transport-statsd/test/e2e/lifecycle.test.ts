/** What a transport remembers: after a stop, of its series, and beside another transport. */
import { defineInstruments } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startStatsd, type StatsdServer } from '../support/statsd-server.js'
import { statsd } from '../../src/index.js'
import { createServerModel } from '../support/parser/index.js'
import { openTarget } from './support/target.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits.', labels: { shelf: {} } },
  heat: { kind: 'gauge', name: 'heat', help: 'Heat.', lifetime: 'event' },
})

/** Never on schedule: the test flushes. */
const never = { flushIntervalMs: 3_600_000 }

async function startServer(): Promise<StatsdServer> {
  const server = await startStatsd()
  onTestFinished(() => server.kill())
  return server
}

describe.each(['udp', 'tcp'] as const)('a transport over %s', (protocol) => {
  it('sends at a stop what changed since the last flush, and nothing twice after a new start', async () => {
    const server = await startServer()
    const { tidegauge, instruments } = await startTestHost(table, {
      transports: [statsd({ protocol, port: server.port, tags: 'none', ...never })],
    })
    instruments.hits.inc({ shelf: 'a' }, 3)
    await tidegauge.flush()
    instruments.hits.inc({ shelf: 'a' }, 4)
    instruments.heat.set(-5)
    await tidegauge.stop()
    expect(await server.flush()).toMatchObject({ gauges: { heat: -5 } })
    expect(Object.fromEntries(server.counters)).toEqual({ 'hits_total.shelf.a': 7 })
    await tidegauge.start()
    await tidegauge.flush()
    await tidegauge.stop()
    await server.flush()
    expect(Object.fromEntries(server.counters)).toEqual({ 'hits_total.shelf.a': 7 })
  })

  it('starts from zero with a series that was removed and created again', async () => {
    const server = await startServer()
    const { tidegauge, instruments } = await startTestHost(table, {
      transports: [statsd({ protocol, port: server.port, tags: 'none', ...never })],
    })
    for (let round = 1; round <= 4; round++) {
      // more than in the round before, so that the total does not fall
      instruments.hits.inc({ shelf: 'a' }, 10 * round)
      instruments.hits.inc({ shelf: `only ${round}` }, round)
      await tidegauge.flush()
      instruments.hits.clear()
      await tidegauge.flush()
    }
    await server.flush()
    expect(Object.fromEntries(server.counters)).toEqual({
      'hits_total.shelf.a': 100,
      'hits_total.shelf.only_1': 1,
      'hits_total.shelf.only_2': 2,
      'hits_total.shelf.only_3': 3,
      'hits_total.shelf.only_4': 4,
    })
  })

  it('does not affect another transport, even when that one has no receiver for a while', async () => {
    const [one, other] = [await startServer(), await startServer()]
    const to = (server: StatsdServer, name: string) =>
      statsd({ name, protocol, port: server.port, tags: 'none', ...never })
    const { tidegauge, instruments } = await startTestHost(table, {
      transports: [to(one, 'one'), to(other, 'other')],
    })
    for (let round = 0; round < 20; round++) {
      instruments.hits.inc({ shelf: `s${round % 3}` }, round)
      if (round === 5) await other.stop()
      // over UDP what is sent to nobody is lost, so nothing is sent then
      if (protocol === 'tcp' || round < 5 || round >= 10) await tidegauge.flush()
      if (round === 10) await other.start()
    }
    await tidegauge.flush()
    for (const server of [one, other]) await server.flush()
    const expected = { 'hits_total.shelf.s0': 63, 'hits_total.shelf.s1': 70, 'hits_total.shelf.s2': 57 }
    expect(Object.fromEntries(one.counters)).toEqual(expected)
    if (protocol === 'tcp') expect(Object.fromEntries(other.counters)).toEqual(expected)
  })
})

it.each(['resend', 'skip'] as const)('unchanged gauges are sent as the option says: %s', async (chosen) => {
  const target = await openTarget('udp')
  onTestFinished(() => target.stop())
  const { tidegauge, instruments } = await startTestHost(table, {
    transports: [statsd({ ...target.options, unchangedGauges: chosen, ...never })],
  })
  instruments.heat.set(-5)
  for (let flush = 0; flush < 3; flush++) await tidegauge.flush()
  const model = createServerModel('dogstatsd')
  const lines = (await target.arrived()).flatMap((datagram) => model.receive(datagram))
  expect(lines.filter(({ value }) => value === -5)).toHaveLength(chosen === 'resend' ? 3 : 1)
  expect(model.gauge('heat')).toBe(-5)
})
