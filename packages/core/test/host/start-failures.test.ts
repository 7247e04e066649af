/** Starts of a host in which a transport or a plugin fails. */
import { createTidegauge } from '@tidegauge/core'
import { createManualClock, loggerInto } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'
import { createWitness } from '../support/witness.js'

const quiet = { intervalMs: 0, maxAgeMs: 0 }

describe('a transport that can not start', () => {
  test('takes the start back: what ran is stopped, and the host can try again', async () => {
    const { calls, plugin, transport } = createWitness()
    let fails = true
    const flaky = transport('flaky', {
      start: () => {
        if (fails) throw new Error('EADDRINUSE')
      },
    })
    const host = createTidegauge({ clock: createManualClock() })
      .use(plugin('p'), quiet)
      .export(transport('good'))
      .export(flaky)
      .export(transport('never'))
    await expect(host.start()).rejects.toMatchObject({
      code: 'LIFECYCLE_TRANSPORT_START_FAILED',
      message: 'transport "flaky" could not start: EADDRINUSE',
      cause: { message: 'EADDRINUSE' },
    })
    expect(host.state).toBe('stopped')
    // transports start first: the plugin was not reached
    expect(calls).toEqual(['good start', 'good stop', 'flaky stop', 'p stop'])
    fails = false
    await host.start()
    expect(host.health().healthy).toBe(true)
    await host.stop()
  })

  test('keeps its own error when that has a code of ours', async () => {
    const own = Object.assign(new Error('taken'), { code: 'LIFECYCLE_LISTEN_FAILED' })
    const foreign = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    for (const [thrown, code] of [
      [own, 'LIFECYCLE_LISTEN_FAILED'],
      [foreign, 'LIFECYCLE_TRANSPORT_START_FAILED'],
      [undefined, 'LIFECYCLE_TRANSPORT_START_FAILED'],
      [
        {
          get code() {
            throw new Error('no')
          },
        },
        'LIFECYCLE_TRANSPORT_START_FAILED',
      ],
    ] as const) {
      const { transport } = createWitness()
      const host = createTidegauge().export(transport('t', { start: () => Promise.reject(thrown) }))
      await expect(host.start()).rejects.toMatchObject({ code })
    }
  })

  test('is down under tolerate: all, logged with its next try, and never flushed', async () => {
    const { calls, plugin, transport } = createWitness()
    const log: string[] = []
    const broken = transport('broken', { start: () => Promise.reject(new Error('EADDRINUSE')) })
    const host = createTidegauge({ clock: createManualClock(), logger: loggerInto(log), tolerate: 'all' })
      .use(plugin('p'), quiet)
      .export(broken)
      .export(transport('good'))
    await host.start()
    expect(host.health()).toMatchObject({
      healthy: false,
      transports: [
        { name: 'broken', state: 'down', lastError: expect.stringContaining('EADDRINUSE') },
        { name: 'good', state: 'up' },
      ],
    })
    expect(log).toEqual(['error transport "broken" could not start: EADDRINUSE; it is tried again in 1 s'])
    await host.flush()
    await host.stop()
    expect(calls).not.toContain('broken flush')
    expect(calls).toContain('good flush')
  })
})

describe('a plugin that can not start', () => {
  test('is tolerated by default, and fails the start under tolerate: none', async () => {
    for (const thrown of [new Error('no node'), undefined, null, 'text']) {
      const plugin = createPlugin({ name: 'p', start: () => Promise.reject(thrown) })
      const clock = createManualClock()
      const host = createTidegauge({ clock, logger: 'silent' }).use(plugin, quiet)
      await host.start()
      expect(host.health().healthy).toBe(false)
      await host.stop()
      await expect(
        createTidegauge({ clock, tolerate: 'none', logger: 'silent' }).use(plugin, quiet).start(),
      ).rejects.toMatchObject({
        code: 'LIFECYCLE_PLUGIN_START_FAILED',
        message: expect.stringContaining('plugin "p" could not start: '),
      })
    }
  })

  test('because of its table fails the start under tolerate: none with that error', async () => {
    const instruments = { c: { kind: 'counter', name: 'not good', help: 'C' } } as const
    const host = createTidegauge({ tolerate: 'none', logger: 'silent' }).use(
      createPlugin({ name: 'p', instruments }),
      quiet,
    )
    await expect(host.start()).rejects.toMatchObject({ code: 'REGISTRATION_INVALID_DEFINITION' })
  })
})
