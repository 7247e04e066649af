/** How long a stop takes at most, with components that hang in every phase. */
import {
  createTidegauge,
  systemClock,
  type Plugin,
  type Tidegauge,
  type TidegaugeOptions,
  type Transport,
} from '@tidegauge/core'
import { createManualClock, createMemoryTransport, flushPromises, type ManualClock } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'
import { createWitness } from '../support/witness.js'

const hang = () => new Promise<void>(() => {})
const every = { intervalMs: 1_000, jitterRatio: 0 }

/** Does what it should until `isHanging`, and then nothing any more. */
function createHanging() {
  const state = { isHanging: false }
  const mayHang = () => (state.isHanging ? hang() : undefined)
  const plugin: Plugin = createPlugin({ name: 'hangs', start: mayHang, collect: mayHang, stop: mayHang })
  const transport: Transport = {
    name: 'hangs',
    version: '1.0.0',
    apiLevel: 1,
    start: mayHang,
    flush: mayHang,
    stop: mayHang,
  }
  return { state, plugin, transport }
}

/** The milliseconds that a call takes, on a clock that is moved as long as it waits. */
async function timeOf(clock: ManualClock, call: () => Promise<unknown>): Promise<number> {
  const startedAtMs = clock.monotonic()
  const state = { hasEnded: false }
  const ended = call().finally(() => (state.hasEnded = true))
  await flushPromises()
  while (!state.hasEnded) {
    if (clock.monotonic() - startedAtMs > 60_000) throw new Error('it never ended')
    await clock.advance(10)
  }
  await ended
  return clock.monotonic() - startedAtMs
}

async function startHanging(options: TidegaugeOptions = {}) {
  const clock = createManualClock()
  const hanging = createHanging()
  const host = createTidegauge({ clock, logger: 'silent', ...options })
    .use(hanging.plugin, { ...every, timeoutMs: 60_000 })
    .export(hanging.transport)
  await host.start()
  hanging.state.isHanging = true
  return { clock, host, ...hanging }
}

describe('a stop', () => {
  test('takes 5 s at most when a plugin and a transport hang in every phase', async () => {
    const { clock, host } = await startHanging()
    expect(await timeOf(clock, () => host.stop())).toBe(5_000)
    expect(host.state).toBe('stopped')
    expect(host.health()).toMatchObject({
      plugins: [{ state: 'stopped' }],
      transports: [{ state: 'stopped' }],
    })
  })

  test('takes no longer while the plugin and the transport hang in their start', async () => {
    const clock = createManualClock()
    const { state, plugin, transport } = createHanging()
    state.isHanging = true
    const host = createTidegauge({ clock, logger: 'silent', tolerate: 'all' })
      .use(plugin, { ...every, timeoutMs: 60_000 })
      .export(transport)
    await clock.advance(0)
    const started = host.start()
    await clock.advance(80_000)
    await started
    expect(host.state).toBe('running')
    // a next try of both is under way
    await clock.advance(20_000)
    expect(await timeOf(clock, () => host.stop())).toBeLessThanOrEqual(5_000)
  })

  test('takes the time that the option says', async () => {
    for (const stopTimeoutMs of [100, 20_000]) {
      const { clock, host } = await startHanging({ stopTimeoutMs })
      expect(await timeOf(clock, () => host.stop())).toBe(stopTimeoutMs)
    }
  })

  test('takes no longer on the real clock', { timeout: 20_000 }, async () => {
    const { host } = await startHanging({ clock: systemClock })
    const startedAtMs = performance.now()
    await host.stop()
    const tookMs = performance.now() - startedAtMs
    expect(tookMs).toBeGreaterThan(4_500)
    expect(tookMs).toBeLessThan(5_500)
  })

  test('called by two at once is one stop, and both wait for its end', async () => {
    const { clock, host } = await startHanging()
    const first = host.stop()
    // the second alone is waited for
    expect(await timeOf(clock, () => host.stop())).toBe(5_000)
    await first
    expect(await timeOf(clock, () => host.stop())).toBe(0)
  })

  test('is over at once when nothing hangs', async () => {
    const clock = createManualClock()
    const { plugin, transport } = createWitness()
    const host = createTidegauge({ clock }).use(plugin('p')).export(transport('t'))
    await host.start()
    expect(await timeOf(clock, () => host.stop())).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('refuses an option that is no time', () => {
    for (const stopTimeoutMs of [0, -1, 1.5, '5', Infinity])
      expect(() => createTidegauge({ stopTimeoutMs: stopTimeoutMs as number })).toThrow(
        expect.objectContaining({ code: 'OPTIONS_INVALID' }),
      )
  })
})

describe('the phases of a stop share its time', () => {
  /** When each method of a transport and a plugin was called, and by when it was to be done. */
  function createTimed(clock: ManualClock) {
    const calls: [string, number, number?][] = []
    const noteAndHang = (name: string) => (context?: { readonly deadlineMs: number }) => {
      calls.push([name, clock.monotonic(), context?.deadlineMs])
      return hang()
    }
    return { calls, noteAndHang }
  }

  test('the last pass has 40 %, flushes until 80 %, transports until 90 %, plugins the rest', async () => {
    const clock = createManualClock()
    const { calls, noteAndHang } = createTimed(clock)
    let isHanging = false
    const collect = () => (isHanging ? noteAndHang('collect')() : undefined)
    const { transport } = createWitness()
    const host = createTidegauge({ clock, logger: 'silent' })
      .use(createPlugin({ name: 'p', collect, stop: noteAndHang('stop p') }), {
        intervalMs: 0,
        timeoutMs: 60_000,
      })
      .export(transport('t', { flush: noteAndHang('flush t'), stop: noteAndHang('stop t') }))
    await host.start()
    isHanging = true
    await timeOf(clock, () => host.stop())
    expect(calls).toEqual([
      ['collect', 0, undefined],
      ['flush t', 2_000, 4_000],
      ['stop t', 4_000, 4_500],
      // the pass that hangs is given half of what is left
      ['stop p', 4_750, 5_000],
    ])
  })

  test('time that a phase leaves is there for the next', async () => {
    const clock = createManualClock()
    const { calls, noteAndHang } = createTimed(clock)
    const { transport } = createWitness()
    const host = createTidegauge({ clock, logger: 'silent' })
      .use(createPlugin({ name: 'p', stop: noteAndHang('stop p') }), { intervalMs: 0, timeoutMs: 60_000 })
      .export(transport('t', { flush: noteAndHang('flush t') }))
    await host.start()
    expect(await timeOf(clock, () => host.stop())).toBe(5_000)
    expect(calls).toEqual([
      ['flush t', 0, 4_000],
      ['stop p', 4_000, 5_000],
    ])
  })

  test('a plugin’s stop has no more than its own timeout', async () => {
    const clock = createManualClock()
    const host = createTidegauge({ clock, logger: 'silent' }).use(createPlugin({ name: 'p', stop: hang }), {
      intervalMs: 0,
      timeoutMs: 300,
    })
    await host.start()
    expect(await timeOf(clock, () => host.stop())).toBe(300)
  })
})

describe('a flush, and a removal, keep to the same time', () => {
  test.each<
    [string, (host: Tidegauge, hanging: ReturnType<typeof createHanging>) => Promise<unknown>, number]
  >([
    ['flush()', (host) => host.flush(), 4_000],
    ['remove() of a plugin', (host, { plugin }) => host.remove(plugin), 5_000],
    ['remove() of a transport', (host, { transport }) => host.remove(transport), 5_000],
  ])('%s', async (_, call, expected) => {
    const { clock, host, ...hanging } = await startHanging()
    const tookMs = await timeOf(clock, () => call(host, hanging))
    expect(tookMs).toBe(expected)
    expect(host.state).toBe('running')
    await timeOf(clock, () => host.stop())
  })

  test('a transport that reads in its last flush has the values of the last pass', async () => {
    const clock = createManualClock()
    const memory = createMemoryTransport()
    let passes = 0
    const { transport } = createWitness()
    const flushed: unknown[] = []
    const host = createTidegauge({ clock })
      .use(
        createPlugin({
          name: 'p',
          instruments: { g: { kind: 'gauge', name: 'g', help: 'G' } },
          collect: ({ instruments }) => (instruments['g'] as { set(value: number): void }).set(++passes),
        }),
        { intervalMs: 0 },
      )
      .export(memory)
      .export(transport('t', { flush: () => void flushed.push(memory.value('g')) }))
    await host.start()
    await host.stop()
    expect(flushed).toEqual([2])
  })
})
