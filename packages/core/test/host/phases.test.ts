import { createTidegauge } from '@tidegauge/core'
import { createManualClock, loggerInto } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'
import { createWitness } from '../support/witness.js'

const quiet = { intervalMs: 0, maxAgeMs: 0 }

describe('flush', () => {
  test('collects and then has every transport send', async () => {
    const { calls, plugin, transport } = createWitness()
    const host = createTidegauge({ clock: createManualClock() })
      .use(plugin('p'), quiet)
      .export(transport('t'))
    await host.start()
    calls.length = 0
    await host.flush()
    expect(calls).toEqual(['p collect', 't flush'])
    await host.stop()
  })

  test('leaves plugins alone that fail or never started, so that a stop is quick', async () => {
    const clock = createManualClock()
    let starts = 0
    const down = createPlugin({
      name: 'down',
      start: () => {
        starts++
        return Promise.reject(new Error('no'))
      },
    })
    const host = createTidegauge({ clock, logger: 'silent' }).use(down, quiet)
    await host.start()
    await host.stop()
    expect(starts).toBe(1)
  })

  test('outlives transports that throw or hang, and logs it', async () => {
    const clock = createManualClock()
    const { transport } = createWitness()
    const log: string[] = []
    const host = createTidegauge({ clock, logger: loggerInto(log) })
      .export(transport('throws', { flush: () => Promise.reject(new Error('unreachable')) }))
      .export(transport('hangs', { flush: () => new Promise(() => {}), stop: () => new Promise(() => {}) }))
    await host.start()
    const stopped = host.stop()
    await clock.advance(10_000)
    await stopped
    expect(log).toEqual([
      'error transport "throws": an export failed: unreachable',
      'error transport "hangs": flush did not end within 4000 ms',
      'error transport "hangs": stop did not end within 500 ms',
    ])
  })
})
