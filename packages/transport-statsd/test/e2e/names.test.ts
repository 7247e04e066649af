/** Names that are almost equal, or that the formats reserve. */
import type { InstrumentTable } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { statsd, type StatsdOptions } from '../../src/index.js'
import { createServerModel, parseDatagram, styles, type Style } from '../support/parser/index.js'
import { openTarget, type Target } from './support/target.js'

let target: Target
beforeAll(async () => {
  target = await openTarget('udp')
})
// the last flush of the test before is not of this test
beforeEach(() => target.arrived())
afterAll(() => target.stop())

/** Every line of one flush. */
async function linesOf(
  style: Style,
  table: InstrumentTable,
  record: (instruments: any) => void,
  options: StatsdOptions = {},
) {
  const transport = statsd({ ...target.options, tags: style, flushIntervalMs: 3_600_000, ...options })
  const { tidegauge, instruments } = await startTestHost(table, { transports: [transport] })
  record(instruments)
  await tidegauge.flush()
  const datagrams = await target.arrived()
  const lines = datagrams.flatMap((datagram) => parseDatagram(style, datagram))
  const model = createServerModel(style)
  for (const datagram of datagrams) model.receive(datagram)
  return { lines, model, transport }
}

describe.each(styles)('in the style %s', (style) => {
  it('a global tag never appears beside a bound, a quantile or a state of the same name', async () => {
    const table: InstrumentTable = {
      wait: { kind: 'histogram', name: 'wait', help: 'Waiting.', bounds: [1] },
      lag: { kind: 'summary', name: 'lag', help: 'Lag.' },
      phase: { kind: 'state_set', name: 'phase', help: 'Phase.', states: ['idle', 'busy'] },
    }
    const globalTags = { le: 'mine', quantile: 'mine', phase: 'mine' }
    const record = ({ wait, lag, phase }: any) => {
      wait.observe(2)
      lag.observe(2)
      phase.set('busy')
    }
    const { lines } = await linesOf(style, table, record, { globalTags })
    for (const { tags } of lines) expect(new Set(tags.map(([key]) => key)).size).toBe(tags.length)
  })

  it('a state without a name is a valid line', async () => {
    const table: InstrumentTable = {
      phase: { kind: 'state_set', name: 'phase', help: 'Phase.', states: ['', 'a'] },
    }
    const { lines } = await linesOf(style, table, ({ phase }) => phase.set('a'))
    expect(lines.filter(({ value }) => value === 1)).toHaveLength(1)
  })

  it('states that become equal still show which of them is on', async () => {
    const table: InstrumentTable = {
      phase: { kind: 'state_set', name: 'phase', help: 'Phase.', states: ['a b', 'a|b', 'a_b'] },
    }
    const { lines, model } = await linesOf(style, table, ({ phase }) => phase.set('a b'))
    const on = lines.map(({ name, tags }) => model.gauge(name, Object.fromEntries(tags)))
    expect(on).toContain(1)
  })

  it('a name is never empty', async () => {
    const table: InstrumentTable = {
      hits: { kind: 'counter', name: 'hits_total', dottedName: '', help: 'Hits.', labels: { shelf: {} } },
    }
    const { lines } = await linesOf(style, table, ({ hits }) => hits.inc({ shelf: 'a' }, 3))
    expect(lines).toHaveLength(1)
    expect(lines[0].value).toBe(3)
  })

  it('names that differ only in what is replaced are two series as long as their labels differ', async () => {
    const table: InstrumentTable = {
      one: { kind: 'counter', name: 'a:b', help: 'One.' },
      other: { kind: 'counter', name: 'a_b', help: 'Other.' },
    }
    const { model, transport } = await linesOf(style, table, ({ one, other }) => {
      one.inc(3)
      other.inc(4)
    })
    // counters of two series that became one add up at the receiver, and are counted as replaced
    expect(model.counter('a_b')).toBe(7)
    expect(transport.describe!()['replacedSeries']).toBe('1')
  })

  it('labels that become equal lose no count', async () => {
    const table: InstrumentTable = {
      hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { shelf: {} } },
    }
    const { lines, transport } = await linesOf(style, table, ({ hits }) => {
      for (const shelf of ['a|b', 'a,b', 'a_b', 'a\nb']) hits.inc({ shelf }, 1)
    })
    expect(lines.reduce((sum, { value }) => sum + value, 0)).toBe(4)
    expect(new Set(lines.map(({ name, tags }) => JSON.stringify([name, tags]))).size).toBe(1)
    expect(transport.describe!()['replacedSeries']).toBe('3')
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', '_sc', '_e', '_', ':'])(
    'a metric with the name %s is one line of its own',
    async (name) => {
      const table: InstrumentTable = { hits: { kind: 'counter', name, help: 'Hits.' } }
      const { lines } = await linesOf(style, table, ({ hits }) => hits.inc(3))
      expect(lines).toHaveLength(1)
      expect(lines[0].name in {}).toBe(false)
      expect(lines[0]).toMatchObject({ kind: 'c', value: 3, tags: [] })
    },
  )
})
