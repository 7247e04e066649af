/** What a sender remembers: over its life, of its series, and beside another sender. */
import { defineInstruments } from '@tidegauge/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startStatsd, type StatsdServer } from '../../../../tools/test/statsd-server.js'
import { statsd } from '../../src/index.js'
import { createServerModel } from '../support/parser/index.js'
import { openLink } from './support/link.js'
import { runHost } from './support/run-host.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits_total', help: 'Hits.', labels: { shelf: {} } },
  heat: { kind: 'gauge', name: 'heat', help: 'Heat.', lifetime: 'event' },
})

/** Never by itself: the test says when. */
const never = { flushIntervalMs: 3_600_000 }

async function startServer(): Promise<StatsdServer> {
  const server = await startStatsd()
  onTestFinished(() => server.kill())
  return server
}

describe.each(['udp', 'tcp'] as const)('a sender over %s', (protocol) => {
  it('sends on stop what is new since the last flush, and after a new start nothing twice', async () => {
    const server = await startServer()
    const { host, instruments } = await runHost(
      table,
      statsd({ protocol, port: server.port, tags: 'none', ...never }),
    )
    instruments.hits.inc({ shelf: 'a' }, 3)
    await host.flush()
    instruments.hits.inc({ shelf: 'a' }, 4)
    instruments.heat.set(-5)
    await host.stop()
    expect(await server.flush()).toMatchObject({ gauges: { heat: -5 } })
    expect(Object.fromEntries(server.counters)).toEqual({ 'hits_total.shelf.a': 7 })
    await host.start()
    await host.flush()
    await host.stop()
    await server.flush()
    expect(Object.fromEntries(server.counters)).toEqual({ 'hits_total.shelf.a': 7 })
  })

  it('starts from nothing with a series that was removed and came back', async () => {
    const server = await startServer()
    const { host, instruments } = await runHost(
      table,
      statsd({ protocol, port: server.port, tags: 'none', ...never }),
    )
    for (let life = 1; life <= 4; life++) {
      // more than the life before, so that it is no reset to be seen
      instruments.hits.inc({ shelf: 'a' }, 10 * life)
      instruments.hits.inc({ shelf: `only ${life}` }, life)
      await host.flush()
      instruments.hits.clear()
      await host.flush()
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

  it('takes nothing from another sender, also when that one has no receiver for a while', async () => {
    const [one, other] = [await startServer(), await startServer()]
    const to = (server: StatsdServer, name: string) =>
      statsd({ name, protocol, port: server.port, tags: 'none', ...never })
    const { host, instruments } = await runHost(table, [to(one, 'one'), to(other, 'other')])
    for (let round = 0; round < 20; round++) {
      instruments.hits.inc({ shelf: `s${round % 3}` }, round)
      if (round === 5) await other.stop()
      // over UDP what is sent to nobody is gone: there only the other one flushes
      if (protocol === 'tcp' || round < 5 || round >= 10) await host.flush()
      if (round === 10) await other.start()
    }
    await host.flush()
    for (const server of [one, other]) await server.flush()
    const expected = { 'hits_total.shelf.s0': 63, 'hits_total.shelf.s1': 70, 'hits_total.shelf.s2': 57 }
    expect(Object.fromEntries(one.counters)).toEqual(expected)
    if (protocol === 'tcp') expect(Object.fromEntries(other.counters)).toEqual(expected)
  })
})

it.each(['resend', 'skip'] as const)(
  'gauges that have not changed are told as was chosen: %s',
  async (chosen) => {
    const link = await openLink('udp')
    onTestFinished(() => link.stop())
    const { host, instruments } = await runHost(
      table,
      statsd({ ...link.options, unchangedGauges: chosen, ...never }),
    )
    instruments.heat.set(-5)
    for (let flush = 0; flush < 3; flush++) await host.flush()
    const model = createServerModel('dogstatsd')
    const lines = (await link.arrived()).flatMap((datagram) => model.receive(datagram))
    expect(lines.filter(({ value }) => value === -5)).toHaveLength(chosen === 'resend' ? 3 : 1)
    expect(model.gauge('heat')).toBe(-5)
  },
)
