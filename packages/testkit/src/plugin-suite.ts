import { apiLevel, createTidegauge, type Plugin } from '@tidegauge/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lintNames } from './lint-names.js'
import { createMemoryTransport, type PlainFamily } from './memory-transport.js'
import { leftOpen, openResources } from './open-resources.js'

/** A plugin to check against the contract, on its real source. */
export interface PluginUnderTest {
  /** The folder's name without `plugin-`. */
  readonly name: string
  /** Makes a fresh plugin, attached to a source that `openSource` opened. Does no I/O. */
  create(): Plugin
  /** Opens what the plugin measures. Default: nothing. */
  openSource?(): void | Promise<void>
  closeSource?(): void | Promise<void>
  /** Names that break the naming rules and are kept, because users have them in their dashboards. */
  readonly nameExceptions?: readonly string[]
  /** Families that must have samples after a collect pass; one that does not exist fails. Default: none. */
  readonly present?: readonly string[]
}

/** The cases that every plugin passes. Call it at the top level of a test file. */
export function testPlugin(subject: PluginUnderTest): void {
  const use = { intervalMs: 0, maxAgeMs: 0 }
  const host = (plugin: Plugin) => {
    const memory = createMemoryTransport()
    return { memory, tidegauge: createTidegauge({ tolerate: 'none' }).use(plugin, use).export(memory) }
  }

  describe(`plugin ${subject.name} keeps the contract`, () => {
    beforeEach(() => subject.openSource?.())
    afterEach(() => subject.closeSource?.())

    test('is called after its folder and speaks the API level of core', () => {
      const plugin = subject.create()
      expect(plugin.name).toBe(subject.name)
      expect(plugin.apiLevel).toBe(apiLevel)
      expect(plugin.version).toMatch(/^\d+\.\d+\.\d+/)
    })

    test('names its instruments by the rules, but for the exceptions that it lists', () => {
      expect(lintNames(subject.create().instruments, new Set(subject.nameExceptions))).toEqual([])
    })

    test('opens nothing when it is made', () => {
      const before = openResources()
      subject.create()
      expect(openResources()).toEqual(before)
    })

    test('starts, collects, and leaves nothing running when it stops', async () => {
      const before = openResources()
      const { tidegauge, memory } = host(subject.create())
      await tidegauge.start()
      const families = await memory.scrape()
      await tidegauge.stop()
      expect(await leftOpen(before)).toEqual([])
      expect(familiesWithoutSamples(families, subject.present), 'families without samples').toEqual([])
    })

    test('may be stopped twice, and before it was started', async () => {
      const plugin = subject.create()
      await plugin.stop?.()
      const { tidegauge } = host(plugin)
      await tidegauge.start()
      await plugin.stop?.()
      await plugin.stop?.()
      await tidegauge.stop()
    })

    test('can be started again after it was stopped', async () => {
      const { tidegauge, memory } = host(subject.create())
      await tidegauge.start()
      await tidegauge.stop()
      await tidegauge.start()
      await memory.scrape()
      expect(tidegauge.health().plugins).toMatchObject([{ state: 'up' }])
      await tidegauge.stop()
    })

    test('records nothing that core has to drop', async () => {
      const { tidegauge, memory } = host(subject.create())
      await tidegauge.start()
      const families = await memory.scrape()
      await tidegauge.stop()
      const dropped = families.find(({ name }) => name === 'tidegauge_dropped_samples_total')!.series
      expect(dropped.filter(({ value }) => value !== 0)).toEqual([])
    })

    test('stands beside a second instance that has another label', async () => {
      const memory = createMemoryTransport()
      const tidegauge = createTidegauge({ tolerate: 'none' })
        .use(subject.create(), { ...use, labels: { instance_name: 'a' } })
        .use(subject.create(), { ...use, labels: { instance_name: 'b' } })
        .export(memory)
      await tidegauge.start()
      await memory.scrape()
      expect(tidegauge.health().healthy).toBe(true)
      await tidegauge.stop()
    })
  })
}

/** Those of the names that are not exported, or without a sample. */
export function familiesWithoutSamples(
  families: readonly PlainFamily[],
  names: readonly string[] = [],
): string[] {
  const present = new Set(families.filter(({ series }) => series.length > 0).map(({ name }) => name))
  return names.filter((name) => !present.has(name))
}
