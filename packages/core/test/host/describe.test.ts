import { createTidegauge } from '@tidegauge/core'
import { createManualClock, createMemoryTransport } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'

const instruments = { c: { kind: 'counter', name: 'c_total', help: 'C', labels: { a: ['x', 'y'] } } } as const

describe('describe()', () => {
  test('shows what runs, with versions, states, start times, series and routes', async () => {
    const clock = createManualClock()
    const slow = createPlugin({
      name: 'p',
      instruments,
      start: () => new Promise<void>((resolve) => void clock.after(250, resolve)),
    })
    const transport = { ...createPlugin({ name: 't' }), start() {}, describe: () => ({ url: 'http://x' }) }
    const host = createTidegauge({ clock, logger: 'silent', service: { name: 'node' } })
      .use(slow, { labels: { node: 'a' }, transports: ['t'], intervalMs: 5_000 })
      .use(createPlugin({ name: 'bad', start: () => Promise.reject(new Error('no')) }))
      .export(transport)
    expect(host.describe()).toMatchObject({ state: 'new', startedAtSeconds: undefined })
    const started = host.start()
    await clock.advance(250)
    await started
    expect(host.describe()).toEqual({
      service: { name: 'node' },
      state: 'running',
      startedAtSeconds: clock.now() / 1000,
      plugins: [
        {
          name: 'p',
          version: '1.2.3',
          labels: { node: 'a' },
          state: 'up',
          instruments: 1,
          series: 2,
          intervalMs: 5_000,
          startMs: 250,
          transports: ['t'],
        },
        {
          name: 'bad',
          version: '1.2.3',
          labels: {},
          state: 'down',
          instruments: 0,
          series: 0,
          intervalMs: 10_000,
          startMs: 0,
          transports: 'all',
        },
      ],
      transports: [{ name: 't', version: '1.2.3', state: 'up', startMs: 0, details: { url: 'http://x' } }],
    })
    await host.stop()
    expect(host.describe().plugins.map(({ state }) => state)).toEqual(['stopped', 'stopped'])
  })

  test('goes on when a transport can not describe itself', async () => {
    const transport = {
      ...createPlugin({ name: 't' }),
      start() {},
      describe: () => {
        throw new Error('not yet')
      },
    }
    const host = createTidegauge({ clock: createManualClock() }).export(transport)
    expect(host.describe().transports[0].details).toEqual({ error: 'not yet' })
  })
})

describe('health()', () => {
  test('is healthy when every plugin and transport is up, and not before the start', async () => {
    const host = createTidegauge({ clock: createManualClock() })
      .use(createPlugin({ name: 'p' }), { labels: { node: 'a' } })
      .export(createMemoryTransport())
    expect(host.health()).toMatchObject({ healthy: false, plugins: [{ state: 'idle' }] })
    await host.start()
    expect(host.health()).toMatchObject({
      healthy: true,
      plugins: [{ name: 'p', labels: { node: 'a' }, state: 'up' }],
      transports: [{ name: 'memory', state: 'up' }],
    })
    await host.stop()
    expect(host.health().healthy).toBe(false)
  })
})
