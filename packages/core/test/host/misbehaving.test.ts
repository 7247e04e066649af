/** Plugins and transports that do what they should not: the host lives, and everything else goes on. */
import { createTidegauge, definePlugin, type Plugin, type Tidegauge, type Transport } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, loggerInto } from '@tidegauge/testkit'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'

const never = () => new Promise<void>(() => {})
const run = { intervalMs: 1_000, jitterRatio: 0, timeoutMs: 500, maxAgeMs: 0 }
const gauge = { g: { kind: 'gauge', name: 'g', help: 'G' } } as const

function plugin(parts: Partial<Plugin>): Plugin {
  return definePlugin({ name: 'bad', version: '1.0.0', apiLevel: 1, instruments: {}, ...parts })
}

function transport(parts: Partial<Transport>): Transport {
  return { name: 'bad', version: '1.0.0', apiLevel: 1, start() {}, ...parts }
}

describe('a plugin that calls its host while it collects (issue 10, 15)', () => {
  test.each(['flush', 'collect'] as const)('%s: the pass is not entered again', async (method) => {
    let host!: Tidegauge
    let passes = 0
    const memory = createMemoryTransport()
    const collect = () => {
      passes++
      if (host.state !== 'running') return
      void (method === 'flush' ? host.flush() : memory.context.collect())
    }
    host = createTidegauge({ logger: 'silent' }).use(plugin({ collect }), run).export(memory)
    await host.start()
    await memory.scrape()
    await host.stop()
    expect(passes).toBeLessThan(5)
  })

  test('an event listener that collects when it is called does not recurse', async () => {
    const memory = createMemoryTransport()
    let passes = 0
    const emitting = plugin({
      start: ({ events }) => void Object.assign(emitting, { emit: () => events.emit({ name: 'a.b' }) }),
      collect: () => {
        passes++
        ;(emitting as unknown as { emit(): void }).emit()
      },
    })
    const host = createTidegauge({ logger: 'silent' }).use(emitting, run).export(memory)
    await host.start()
    memory.context.subscribe(() => void memory.context.collect())
    await memory.scrape()
    await host.stop()
    expect(passes).toBeLessThan(5)
  })
})

test('a transport that flushes its host while it is flushed starts no further round (issue 10, 15)', async () => {
  let flushes = 0
  let host!: Tidegauge
  const flushing = (name: string) => transport({ name, flush: () => (flushes++, void host.flush()) })
  host = createTidegauge({ logger: 'silent' }).export(flushing('one')).export(flushing('two'))
  await host.start()
  await host.flush()
  expect(flushes).toBe(2)
})

describe('a transport whose start never ends (issue 10, 19)', () => {
  test('fails the start of the host after a while, and everything is stopped', async () => {
    const clock = createManualClock()
    const host = createTidegauge({ clock, logger: 'silent' }).export(transport({ start: never }))
    const started = expect(host.start()).rejects.toThrow('start did not end within 15000 ms')
    await clock.advance(20_000)
    await started
    expect(host.state).toBe('stopped')
  })

  test('is not started beside itself, and is closed when it opens too late', async () => {
    const clock = createManualClock()
    const calls: string[] = []
    let tries = 0
    const late = transport({
      start: () => {
        calls.push('start')
        // three times as long as it may take
        return tries++ > 0
          ? undefined
          : new Promise<void>((resolve) => void clock.after(45_000, resolve)).then(
              () => void calls.push('open'),
            )
      },
      stop: () => void calls.push('stop'),
    })
    const host = createTidegauge({ clock, logger: 'silent', tolerate: 'all' }).export(late)
    const started = host.start()
    await clock.advance(15_000)
    await started
    await clock.advance(25_000)
    expect(calls).toEqual(['start'])
    await clock.advance(60_000)
    expect(calls).toEqual(['start', 'open', 'stop', 'start'])
    expect(host.health().transports).toMatchObject([{ state: 'up' }])
    await host.stop()
  })

  test('is tried again under tolerate: all, until it starts (issue 10, 9)', async () => {
    const clock = createManualClock()
    const log: string[] = []
    let tries = 0
    const start = () => {
      if (++tries < 3) throw new Error('receiver not there')
    }
    const host = createTidegauge({ clock, logger: loggerInto(log), tolerate: 'all' }).export(
      transport({ start }),
    )
    await host.start()
    expect(host.health().transports).toMatchObject([{ state: 'down' }])
    await clock.advance(10_000)
    expect([tries, host.health().transports[0].state]).toEqual([3, 'up'])
    expect(log[0]).toBe('error transport "bad" could not start: receiver not there; it is tried again in 1 s')
    await host.stop()
    await clock.advance(600_000)
    expect(tries).toBe(3)
  })
})

test('a plugin that blocks the loop past its timeout is down, though no timer could say so (issue 10, 19)', async () => {
  const clock = createManualClock()
  let nowMs = 0
  const jumping = { ...clock, monotonic: () => nowMs }
  const host = createTidegauge({ clock: jumping, logger: 'silent' }).use(
    plugin({ collect: () => void (nowMs += 3_000) }),
    run,
  )
  await host.start()
  expect(host.health().plugins[0]).toMatchObject({
    state: 'down',
    lastError: expect.stringContaining('collect did not end within 500 ms'),
  })
  await host.stop()
})

test('a plugin whose first pass hangs does not keep the transports from starting (issue 10, 21)', async () => {
  const clock = createManualClock()
  const memory = createMemoryTransport()
  const host = createTidegauge({ clock, logger: 'silent' })
    .use(plugin({ collect: never, instruments: gauge }), run)
    .export(memory)
  const started = host.start()
  await clock.advance(0)
  expect(memory.context.health()).toMatchObject({ healthy: false, plugins: [{ state: 'starting' }] })
  expect(host.state).toBe('starting')
  await clock.advance(500)
  await started
  expect(host.state).toBe('running')
  await host.stop()
})

test('a plugin that clashes is tried again, and starts when the other is removed (issue 10, 9)', async () => {
  const clock = createManualClock()
  const first = plugin({ name: 'first', instruments: gauge })
  const host = createTidegauge({ clock, logger: 'silent' })
    .use(first, run)
    .use(plugin({ name: 'second', instruments: gauge }), run)
  await host.start()
  expect(host.health().plugins.map(({ state }) => state)).toEqual(['up', 'down'])
  await host.remove(first)
  await clock.advance(600_000)
  expect(host.health().plugins).toMatchObject([{ name: 'second', state: 'up' }])
  await host.stop()
})

test('a host without a logger writes warnings and errors to stderr, and `silent` mutes them (issue 10, 4)', async () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const start = () => {
    throw new Error('no database')
  }
  try {
    for (const logger of [undefined, 'silent'] as const) {
      const host = createTidegauge(logger && { logger }).use(plugin({ start }), run)
      await host.start()
      await host.stop()
    }
    expect(write.mock.calls.map(([text]) => text)).toEqual([
      'tidegauge: error: plugin "bad": start: no database; its last values are kept, and it is tried again\n',
    ])
  } finally {
    write.mockRestore()
  }
})

test('passes whose signal is listened to leave nothing behind (issue 10, 17)', async () => {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  const memory = createMemoryTransport()
  const host = createTidegauge({ logger: 'silent' })
    .use(plugin({ collect: ({ signal }) => signal.addEventListener('abort', () => {}) }), run)
    .export(memory)
  await host.start()
  const heapAfter = async (passes: number): Promise<number> => {
    for (let i = 0; i < passes; i++) await memory.context.collect()
    gc()
    return process.memoryUsage().heapUsed
  }
  const before = await heapAfter(2_000)
  const grown = (await heapAfter(10_000)) - before
  await host.stop()
  // 1.2 kB and more for each pass before
  expect(grown).toBeLessThan(3_000_000)
})

describe('stop() while a start hangs', () => {
  test.each([
    ['a plugin’s', () => plugin({ start: never, stop: never }), undefined],
    ['a transport’s', undefined, () => transport({ start: never, stop: never })],
  ])('of %s, takes at most the time that the host has for it', async (_, makePlugin, makeTransport) => {
    const clock = createManualClock()
    const host = createTidegauge({ clock, logger: 'silent' })
    if (makePlugin) host.use(makePlugin(), { ...run, timeoutMs: 60_000 })
    if (makeTransport) host.export(makeTransport())
    const started = host.start().catch(() => {})
    await clock.advance(100)
    let stoppedAtMs = Number.NaN
    void host.stop().then(() => (stoppedAtMs = clock.monotonic()))
    await clock.advance(10_000)
    expect(stoppedAtMs).toBeLessThanOrEqual(100 + 5_000)
    expect(host.state).toBe('stopped')
    await clock.advance(120_000)
    await started
    expect(host.state).toBe('stopped')
  })
})
