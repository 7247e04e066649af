import { createTidegauge, type PluginContext } from '@tidegauge/core'
import { createManualClock, createMemoryTransport } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPair } from '../support/pair.js'
import { createPlugin } from '../support/plugin.js'

describe('what a plugin is given', () => {
  test('at its start: handles, a logger, the clock, a signal, events, and define', async () => {
    let context!: PluginContext
    const pair = createPair(createPlugin({ name: 'p', start: (given) => void (context = given) }))
    await pair.host.start()
    context.logger.warn('hello\nworld')
    expect(pair.log).toEqual(['warn plugin "p": hello world'])
    expect(context.clock.monotonic()).toBe(pair.clock.monotonic())
    const late = context.define({ kind: 'counter', name: 'late_total', help: 'L' })
    late.inc(2)
    expect(context.define({ kind: 'counter', name: 'late_total', help: 'L' })).toBe(late)
    expect(pair.memory.value('late_total')).toBe(2)
    expect(() => context.define({ kind: 'gauge', name: 'late_total', help: 'L' })).toThrow(
      expect.objectContaining({ code: 'REGISTRATION_NAME_CLASH' }),
    )
    expect(() => context.define({ kind: 'gauge', name: 'tidegauge_series', help: 'L' })).toThrow(
      expect.objectContaining({ code: 'REGISTRATION_NAME_CLASH' }),
    )
    await pair.host.stop()
  })

  test('with constant labels: series that carry them, and an id that names them', async () => {
    const memory = createMemoryTransport()
    const plugin = () =>
      createPlugin({ name: 'p', instruments: { c: { kind: 'counter', name: 'c_total', help: 'C' } } })
    const host = createTidegauge({ clock: createManualClock() })
      .use(plugin(), { labels: { node: 'a' } })
      .use(plugin(), { labels: { node: 'b,c="d"' } })
      .export(memory)
    await host.start()
    expect(memory.value('c_total', { node: 'a' })).toBe(0)
    expect(memory.value('c_total', { node: 'b,c="d"' })).toBe(0)
    expect(memory.value('tidegauge_plugin_up', { plugin: 'p{node=a}' })).toBe(1)
    expect(memory.value('tidegauge_plugin_up', { plugin: 'p{node="b,c=\\"d\\""}' })).toBe(1)
    await host.stop()
  })

  test('a constant label that one of its instruments has already, is reported in words', async () => {
    const plugin = createPlugin({
      name: 'p',
      instruments: { c: { kind: 'counter', name: 'c_total', help: 'C', labels: { node: {} } } },
    })
    const host = createTidegauge({ clock: createManualClock(), logger: 'silent' }).use(plugin, {
      labels: { node: 'a' },
    })
    await host.start()
    expect(host.health().plugins[0]).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('label node was "node", expected a label name that neither'),
    })
    await host.stop()
  })
})
