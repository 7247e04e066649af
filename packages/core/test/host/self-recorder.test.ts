import { coreVersion, createTidegauge, selfInstruments } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, lintNames } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'
import { startRecording } from '../support/recording.js'

describe('the self-metrics', () => {
  test('are there with every transport, and gone when they are switched off', async () => {
    const { memory } = await startRecording({})
    const names = memory.read().map(({ name }) => name)
    const table = Object.values(selfInstruments).map(({ name }) => name)
    expect(names).toEqual(table)
    const off = createMemoryTransport()
    const host = createTidegauge({ clock: createManualClock(), selfMetrics: 'off', logger: 'silent' })
      .use(createPlugin({ name: 'p', collect: () => Promise.reject(new Error('no')) }))
      .export(off)
    await host.start()
    expect(off.read()).toEqual([])
    await host.stop()
  })

  test('are named by the rules', () => {
    expect(lintNames(selfInstruments)).toEqual([])
  })

  test('show the version of core and of Node.js', async () => {
    const { labelsOf } = await startRecording({})
    expect(labelsOf('tidegauge_build_info')).toEqual([
      { version: expect.stringContaining(coreVersion), node_version: process.version },
    ])
  })

  test('show how long passes took, when the last went well, and how many series there are', async () => {
    const clock = createManualClock()
    const memory = createMemoryTransport()
    const plugin = createPlugin({
      name: 'p',
      instruments: { c: { kind: 'counter', name: 'c_total', help: 'C', labels: { a: ['x', 'y', 'z'] } } },
      collect: () => new Promise<void>((resolve) => void clock.after(200, resolve)),
    })
    const host = createTidegauge({ clock }).use(plugin, { intervalMs: 0, maxAgeMs: 0 }).export(memory)
    const started = host.start()
    await clock.advance(200)
    await started
    expect(memory.series('tidegauge_plugin_collect_duration_seconds', { plugin: 'p' })).toMatchObject({
      count: 1,
      sum: 0.2,
    })
    expect(memory.value('tidegauge_plugin_last_success_timestamp_seconds', { plugin: 'p' })).toBe(
      clock.now() / 1000,
    )
    expect(memory.value('tidegauge_series', { plugin: 'p' })).toBe(3)
    expect(memory.value('tidegauge_plugin_up', { plugin: 'p' })).toBe(1)
    expect(memory.value('tidegauge_dropped_samples_total', { reason: 'pool_full' })).toBe(0)
    await clock.advance(0)
    const stopped = host.stop()
    await clock.advance(10_000)
    await stopped
    expect(memory.value('tidegauge_plugin_up', { plugin: 'p' })).toBe(0)
  })

  test('are equal in two reads', async () => {
    const { memory, instruments } = await startRecording({
      c: { kind: 'counter', name: 'c', help: 'C', labels: { a: {} }, seriesLimit: 1 },
    })
    for (const a of ['1', '2', '3']) instruments.c.inc({ a })
    expect(memory.read()).toEqual(memory.read())
  })
})
