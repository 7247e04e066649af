import { LogOnce, sourcePlugin, type Snapshot, type Source, type SourceContext } from '@tidegauge/core'
import { createManualClock, flushPromises, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

interface Level extends Snapshot {
  readonly level?: number
}

const instruments = {
  level: { kind: 'gauge', name: 'level', help: 'L' },
  total: { kind: 'counter', name: 'snapshots_total', help: 'Snapshots that were reported' },
} as const

const use = { intervalMs: 1_000, jitterRatio: 0, timeoutMs: 500, maxAgeMs: 0 }

/** A plugin over a source, with the calls that the source received. */
function createLevelPlugin(source: Partial<Source<Level>> = {}, logOnce?: LogOnce) {
  const calls: string[] = []
  const contexts: SourceContext[] = []
  const plugin = sourcePlugin({
    name: 'level',
    version: '1.2.3',
    instruments,
    eventAttributes: { peer: { privacy: 'peer_id' } },
    ...(logOnce && { logOnce }),
    source: {
      ...source,
      start: (context) => {
        calls.push('start')
        contexts.push(context)
        return source.start?.(context)
      },
      read: (pass) => {
        calls.push('read')
        return source.read === undefined ? { level: 5 } : source.read(pass)
      },
      stop: () => {
        calls.push('stop')
        return source.stop?.()
      },
    },
    report: ({ level }: Level, handles) => {
      handles.total.inc()
      if (level !== undefined) handles.level.set(level)
    },
  })
  return { plugin, calls, contexts }
}

async function startWith(source: Partial<Source<Level>>, more: object = {}) {
  const clock = createManualClock()
  const { plugin, calls, contexts } = createLevelPlugin(source)
  const host = await startTestHost(plugin, { clock, use: { ...use, ...more } })
  return { ...host, clock, calls, contexts, health: () => host.tidegauge.health().plugins[0] }
}

describe('a plugin of a source', () => {
  test('starts the source, and reports one snapshot for each pass', async () => {
    let level = 0
    const { calls, value, memory } = await startWith({ read: () => ({ level: ++level }) })
    expect(calls).toEqual(['start', 'read'])
    expect(await value('level')).toBe(2)
    expect(memory.value('snapshots_total')).toBe(2)
  })

  test('waits for snapshots that are promised', async () => {
    const { value } = await startWith({ read: () => Promise.resolve({ level: 7 }) })
    expect(await value('level')).toBe(7)
  })

  test('gives the source a clock, a logger, a signal, events with their attributes, and messages logged once', async () => {
    const { contexts, clock, log, memory, tidegauge } = await startWith({})
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
    const { clock } = await startWith({
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
    const { value } = await startWith({ read: () => (level === undefined ? {} : { level }) })
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

describe('an answer that comes too late', () => {
  test('is dropped, and the next pass reads again', async () => {
    const answers: ((level: Level) => void)[] = []
    const { clock, calls, memory, health } = await startWith({
      read: () =>
        calls.length > 3 ? new Promise((resolve) => answers.push(resolve)) : { level: calls.length },
    })
    await clock.advance(1_000)
    const before = memory.value('snapshots_total')
    await clock.advance(1_000 + 600)
    expect(health()).toMatchObject({
      state: 'down',
      lastError: expect.stringContaining('collect did not end'),
    })
    answers[0]({ level: 99 })
    await flushPromises()
    expect(memory.value('snapshots_total')).toBe(before)
    const reads = calls.filter((call) => call === 'read').length
    await clock.advance(2_000)
    expect(calls.filter((call) => call === 'read').length).toBeGreaterThan(reads)
    expect(memory.value('level')).not.toBe(99)
  })

  test('that the source has changed restarts nothing', async () => {
    let fail = () => {}
    let isHanging = false
    const { clock, calls, health } = await startWith({
      read: () => {
        if (!isHanging) return { level: 1 }
        isHanging = false
        return new Promise((_, reject) => (fail = () => reject(changed())))
      },
    })
    isHanging = true
    await clock.advance(1_600)
    expect(health().state).toBe('down')
    await clock.advance(2_000)
    expect(health().state).toBe('up')
    const before = [...calls]
    fail()
    await flushPromises()
    await clock.advance(1_000)
    expect(calls).toEqual([...before, 'read'])
    expect(health().state).toBe('up')
  })

  test('after the stop is dropped', async () => {
    let answer!: (level: Level) => void
    let isHanging = false
    const { clock, memory, tidegauge } = await startWith({
      read: () => (isHanging ? new Promise((resolve) => (answer = resolve)) : { level: 1 }),
    })
    isHanging = true
    await clock.advance(1_000)
    const stopped = tidegauge.stop()
    await clock.advance(6_000)
    await stopped
    answer({ level: 99 })
    await flushPromises()
    expect(memory.value('level')).toBe(1)
  })
})

describe('problems in a snapshot', () => {
  test('fail the pass with their sentences, after the rest was reported', async () => {
    let problems: string[] | undefined = ['the DHT could not be read', 'upgrade Helia']
    const { value, health, log, clock } = await startWith({
      read: () => ({ level: 8, ...(problems && { problems }) }),
    })
    expect(health()).toMatchObject({
      state: 'down',
      lastError: 'plugin "level": the DHT could not be read; upgrade Helia',
    })
    expect(log[0]).toContain(
      'error plugin "level": error: plugin "level": the DHT could not be read; upgrade Helia',
    )
    problems = []
    await clock.advance(2_000)
    expect([health().state, await value('level')]).toEqual(['up', 8])
  })

  test('carry the code of a collect pass that failed', async () => {
    const { plugin } = createLevelPlugin({ read: () => ({ problems: ['no'] }) })
    const clock = createManualClock()
    await expect(startTestHost(plugin, { clock, host: { tolerate: 'none' } })).rejects.toMatchObject({
      code: 'COLLECT_FAILED',
      plugin: 'level',
    })
  })

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a text', 'level'],
    ['problems that are no list', { level: 1, problems: 'the DHT' }],
  ])('are what is no snapshot: %s', async (_, answer) => {
    let isWrong = true
    const { health, clock, memory } = await startWith({
      read: () => (isWrong ? (answer as never) : { level: 2 }),
    })
    expect(health()).toMatchObject({
      state: 'down',
      lastError: expect.stringMatching(/source\.read\(\) returned .*, expected a snapshot object/),
    })
    expect(memory.value('snapshots_total')).toBe(0)
    isWrong = false
    await clock.advance(2_000)
    expect(health().state).toBe('up')
  })
})

describe('a source that changed', () => {
  test('is stopped, and started again before the next read', async () => {
    let isGone = false
    const { calls, clock, health } = await startWith({
      read: () => {
        if (isGone) throw changed()
        return { level: 1 }
      },
      start: () => void (isGone = false),
    })
    isGone = true
    await clock.advance(1_000)
    expect(calls).toEqual(['start', 'read', 'read', 'stop'])
    expect(health()).toMatchObject({ state: 'down', lastError: 'the node was stopped' })
    await clock.advance(1_000)
    expect(calls.slice(4)).toEqual(['start', 'read'])
    expect(health().state).toBe('up')
  })

  test('is tried again until it starts, and read only then', async () => {
    let isGone = false
    const { calls, clock, health } = await startWith({
      read: () => {
        if (isGone) throw changed()
        return {}
      },
      start: () => {
        if (isGone) throw new Error('still gone')
      },
    })
    isGone = true
    await clock.advance(8_000)
    expect(calls.slice(2, 6)).toEqual(['read', 'stop', 'start', 'start'])
    expect(health().lastError).toBe('still gone')
    isGone = false
    await clock.advance(30_000)
    expect([calls.at(-1), health().state]).toEqual(['read', 'up'])
  })

  test('that fails in another way is not stopped', async () => {
    let fails = false
    const { calls, clock } = await startWith({
      read: () => {
        if (fails) throw new Error('busy')
        return {}
      },
    })
    fails = true
    await clock.advance(4_000)
    expect(calls).not.toContain('stop')
  })
})

describe('the start and the stop of a source', () => {
  test('a start that fails is tried again; nothing is read before', async () => {
    let starts = 0
    const { calls, clock, health } = await startWith({
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
    const { tidegauge, calls, value } = await startWith({})
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

function changed(): Error {
  return Object.assign(new Error('the node was stopped'), { code: 'COLLECT_SOURCE_CHANGED' })
}
