import { LogOnce, sourcePlugin } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createLevelPlugin, instruments, startLevel } from '../support/level-plugin.js'

describe('a plugin of a source', () => {
  test('starts the source, and reports one snapshot for each pass', async () => {
    let level = 0
    const { calls, value, memory } = await startLevel({ read: () => ({ level: ++level }) })
    expect(calls).toEqual(['start', 'read'])
    expect(await value('level')).toBe(2)
    expect(memory.value('snapshots_total')).toBe(2)
  })

  test('waits for snapshots that are promised', async () => {
    const { value } = await startLevel({ read: () => Promise.resolve({ level: 7 }) })
    expect(await value('level')).toBe(7)
  })

  test('gives the source a clock, a logger, a signal, events with their attributes, and messages logged once', async () => {
    const { contexts, clock, log, memory, tidegauge } = await startLevel({})
    const [context] = contexts
    expect(context.clock).toBe(clock)
    context.logger.warn('hello')
    context.logOnce.warn('key', 'once')
    context.logOnce.warn('key', 'once')
    expect(log).toEqual(['warn plugin "level": hello', 'warn plugin "level": once'])
    context.events.emit({ name: 'seen', attributes: { peer: '12D3KooWabcdefghij' } })
    expect(memory.events).toMatchObject([
      { plugin: 'level', version: '1.2.3', event: { attributes: { peer: '*abcdefghij' } } },
    ])
    expect(context.signal.aborted).toBe(false)
    await tidegauge.stop()
    expect(context.signal.aborted).toBe(true)
  })

  test('gives each read the signal and the deadline of its pass', async () => {
    const passes: [number, boolean][] = []
    const { clock } = await startLevel({
      read: ({ deadlineMs, signal }) => {
        passes.push([deadlineMs, signal.aborted])
        return {}
      },
    })
    await clock.advance(1_000)
    expect(passes).toEqual([
      [500, false],
      [1_500, false],
    ])
  })

  test('leaves out what a snapshot leaves out', async () => {
    let level: number | undefined = 1
    const { value } = await startLevel({ read: () => (level === undefined ? {} : { level }) })
    expect(await value('level')).toBe(1)
    level = undefined
    expect(await value('level')).toBeUndefined()
  })

  test('reads a source that has neither start nor stop, such as a recorder', async () => {
    const recorder = { level: 3, read: () => ({ level: recorder.level }) }
    const plugin = sourcePlugin({
      name: 'level',
      version: '1.2.3',
      instruments,
      source: recorder,
      report: ({ level }, handles) => handles.level.set(level),
    })
    const { value, tidegauge } = await startTestHost(plugin)
    expect(await value('level')).toBe(3)
    recorder.level = 4
    expect(await value('level')).toBe(4)
    await tidegauge.stop()
    await tidegauge.start()
    expect(await value('level')).toBe(4)
  })

  test('may define instruments while it reports', async () => {
    const plugin = sourcePlugin({
      name: 'level',
      version: '1.2.3',
      instruments: {},
      source: { read: () => ({ names: ['one', 'two'] }) },
      report: ({ names }, _, { define }) => {
        for (const name of names) define({ kind: 'counter', name, help: 'D' }).inc()
      },
    })
    const { read } = await startTestHost(plugin)
    expect(await read()).toEqual(
      new Map([
        ['one', 2],
        ['two', 2],
      ]),
    )
  })

  test('logs what the source noticed before there was a host, once there is one', async () => {
    const logOnce = new LogOnce()
    logOnce.warn('early', 'the node is older than 3.0')
    const { plugin } = createLevelPlugin({}, logOnce)
    const { log } = await startTestHost(plugin)
    expect(log).toEqual(['warn plugin "level": the node is older than 3.0'])
  })
})

describe('the start and the stop of a source', () => {
  test('a start that fails is tried again; nothing is read before', async () => {
    let starts = 0
    const { calls, clock, health } = await startLevel({
      start: () => {
        if (++starts < 3) throw new Error('no node')
      },
    })
    expect(health()).toMatchObject({ state: 'down', lastError: 'no node' })
    expect(calls).not.toContain('read')
    await clock.advance(10_000)
    expect(starts).toBe(3)
    expect(health().state).toBe('up')
  })

  test('stops it twice, and without a start, as often as it is asked', async () => {
    const { plugin, calls } = createLevelPlugin()
    await plugin.stop?.()
    const { tidegauge } = await startTestHost(plugin)
    await plugin.stop?.()
    await plugin.stop?.()
    await tidegauge.stop()
    expect(calls).toEqual(['stop', 'start', 'read', 'stop', 'stop', 'stop'])
  })

  test('starts it again when the host starts again', async () => {
    const { tidegauge, calls, value } = await startLevel({})
    await tidegauge.stop()
    await tidegauge.start()
    expect(calls.filter((call) => call !== 'read')).toEqual(['start', 'stop', 'start'])
    expect(await value('level')).toBe(5)
  })

  test('declares the event attributes of the source, and none when there are none', () => {
    expect(createLevelPlugin().plugin.eventAttributes).toEqual({ peer: { privacy: 'peer_id' } })
    const plain = sourcePlugin({
      name: 'x',
      version: '1.0.0',
      instruments,
      source: { read: () => ({}) },
      report() {},
    })
    expect('eventAttributes' in plain).toBe(false)
  })
})
