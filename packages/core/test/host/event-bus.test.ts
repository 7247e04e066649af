import { LogOnce, silentLogger, type EventRecord, type PluginEvent } from '@tidegauge/core'
import { createManualClock, loggerInto } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { AttributeFilter } from '../../src/host/attribute-filter.js'
import { EventBus } from '../../src/host/event-bus.js'
import { prefixLogger } from '../../src/logger.js'
import { PrivacyPolicy } from '../../src/registry/privacy.js'
import { createPluginInstance } from '../../src/storage/plugin-instance.js'

const source = { plugin: 'p', version: '1.2.3', labels: { node: 'a' } }
const table = { n: {}, size: {}, sent: {} }

function createBus() {
  const clock = createManualClock(1_000)
  const log: string[] = []
  const bus = new EventBus(clock, loggerInto(log), new AttributeFilter(new PrivacyPolicy(), new LogOnce()))
  const records: EventRecord[] = []
  const end = bus.subscribe((record) => records.push(record))
  const instance = createPluginInstance('p', { node: 'a' }, '1.2.3')
  return { bus, clock, log, records, end, sink: bus.sink(instance, table) }
}

describe('an event', () => {
  test('reaches every listener at once, with its time and severity filled in', () => {
    const { bus, sink, records } = createBus()
    const others: EventRecord[] = []
    bus.subscribe((record) => others.push(record))
    sink.emit({ name: 'a.b' })
    sink.emit({ name: 'c', severity: 'error', timeMs: 5, body: 'x', attributes: { n: 1 } })
    expect(records).toEqual([
      { ...source, type: 'event', event: { name: 'a.b', timeMs: 1_000, severity: 'info' } },
      {
        ...source,
        type: 'event',
        event: { name: 'c', timeMs: 5, severity: 'error', body: 'x', attributes: { n: 1 } },
      },
    ])
    expect(others).toEqual(records)
  })

  test('does not change when the caller uses its objects again', () => {
    const { sink, records } = createBus()
    const event = { name: 'a', attributes: { n: 1 } }
    sink.emit(event)
    sink.begin('b', event)
    event.attributes.n = 2
    event.name = 'changed'
    expect(records).toMatchObject([{ event: { name: 'a', attributes: { n: 1 } } }, { attributes: { n: 1 } }])
  })

  test('of the wrong shape is dropped with a warning, and nothing is thrown', () => {
    const { sink, records, log } = createBus()
    const thrower = {
      get name(): string {
        throw new Error('getter')
      },
    }
    for (const event of [null, undefined, 5, {}, { name: 5 }, thrower] as unknown as PluginEvent[])
      expect(() => sink.emit(event)).not.toThrow()
    expect(records).toEqual([])
    expect(log).toHaveLength(6)
    expect(log[5]).toBe('warn plugin "p": an event was dropped: getter')
  })

  test('reaches the others when one listener throws, and a listener that left receives no more', () => {
    const { bus, sink, records, end, log } = createBus()
    const later: EventRecord[] = []
    bus.subscribe(() => {
      throw new Error('listener')
    })
    bus.subscribe((record) => later.push(record))
    sink.emit({ name: 'a' })
    end()
    end()
    sink.emit({ name: 'b' })
    expect([records.length, later.length]).toEqual([1, 2])
    expect(log).toEqual(Array(2).fill('error an event listener threw: listener'))
  })

  test('is not thrown back when the logger and the listener are both broken', () => {
    const fail = () => {
      throw new Error('no')
    }
    const filter = new AttributeFilter(new PrivacyPolicy(), new LogOnce())
    const logger = prefixLogger({ ...silentLogger, error: fail }, '')
    const bus = new EventBus(createManualClock(), logger, filter)
    bus.subscribe(fail)
    expect(() => bus.sink(createPluginInstance('p')).emit({ name: 'a' })).not.toThrow()
  })

  test('reaches only listeners that accept the plugin instance that it comes from', () => {
    const { bus } = createBus()
    const [a, b] = ['a', 'b'].map((node) => createPluginInstance('p', { node }))
    const received: EventRecord[] = []
    bus.subscribe(
      (record) => received.push(record),
      (instance) => instance === a,
    )
    bus.sink(a).emit({ name: 'from a' })
    bus.sink(b).emit({ name: 'from b' })
    expect(received).toMatchObject([{ event: { name: 'from a' } }])
  })
})

describe('an activity', () => {
  test('begins, has events, and ends once', () => {
    const { sink, records, clock } = createBus()
    const activity = sink.begin('transfer', { attributes: { size: 5 } })
    activity.emit({ name: 'paused' })
    clock.jump(10)
    activity.end({ error: 'reset', attributes: { sent: 3 } })
    activity.end()
    activity.emit({ name: 'too late' })
    const activityId = activity.id
    expect(records).toEqual([
      { ...source, type: 'begin', activityId, name: 'transfer', timeMs: 1_000, attributes: { size: 5 } },
      {
        ...source,
        type: 'event',
        activityId,
        event: { name: 'paused', timeMs: 1_000, severity: 'info' },
      },
      { ...source, type: 'end', activityId, timeMs: 1_010, error: 'reset', attributes: { sent: 3 } },
    ])
  })

  test('may stand in another', () => {
    const { sink, records } = createBus()
    const parent = sink.begin('outer')
    sink.begin('inner', { parent })
    expect(records[1]).toMatchObject({ name: 'inner', parentId: parent.id })
  })

  test('has an id that no other activity of the host has', () => {
    const { bus, sink } = createBus()
    const ids = [sink, bus.sink(createPluginInstance('q')), sink].map((one) => one.begin('x').id)
    expect(new Set(ids).size).toBe(3)
  })

  test('can not pass for something else by what it is ended with', () => {
    const { sink, records } = createBus()
    sink.begin('x').end({ type: 'begin', plugin: 'other', activityId: '999' } as object)
    expect(records[1]).toEqual({ ...source, type: 'end', activityId: '1', timeMs: 1_000 })
  })

  test('never throws, whatever it is begun and ended with', () => {
    const { sink, records } = createBus()
    for (const odd of [null, 5, { attributes: null, parent: null }] as never[]) {
      sink.begin('x', odd).end(odd)
      sink.begin(odd)
    }
    expect(records.filter(({ type }) => type === 'end')).toHaveLength(3)
  })
})
