/** Sources that answer too late, in part, wrongly or not at all any more. */
import { sourcePlugin, type Source } from '@tidegauge/core'
import { createManualClock, flushPromises, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createLevelPlugin, startLevel, type Level } from '../support/level-plugin.js'

describe('an answer that comes too late', () => {
  test('is dropped, and the next pass reads again', async () => {
    const answers: ((level: Level) => void)[] = []
    const { clock, calls, memory, health } = await startLevel({
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
    const { clock, calls, health } = await startLevel({
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
    const { clock, memory, tidegauge } = await startLevel({
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
    const { value, health, log, clock } = await startLevel({
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
    const { health, clock, memory } = await startLevel({
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
    const { calls, clock, health } = await startLevel({
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
    const { calls, clock, health } = await startLevel({
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
    const { calls, clock } = await startLevel({
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

function changed(): Error {
  return Object.assign(new Error('the node was stopped'), { code: 'COLLECT_SOURCE_CHANGED' })
}

test('a pass with problems removes the gauges that it did not report, and keeps totals', async () => {
  let isWell = true
  const source: Source<{ size?: number; jobs?: number; problems?: string[] }> = {
    read: () => (isWell ? { size: 5, jobs: 3 } : { problems: ['the size could not be read'] }),
  }
  const plugin = sourcePlugin({
    name: 'probe',
    version: '1.0.0',
    instruments: {
      size: { kind: 'gauge', name: 'size', help: 'S' },
      jobs: { kind: 'counter', name: 'jobs_total', help: 'J' },
    },
    source,
    report({ size, jobs }, to) {
      if (size !== undefined) to.size.set(size)
      if (jobs !== undefined) to.jobs.setTotal(jobs)
    },
  })
  const host = await startTestHost(plugin)
  expect(Object.fromEntries(await host.read())).toEqual({ size: 5, jobs_total: 3 })
  isWell = false
  expect(Object.fromEntries(await host.read())).toEqual({ jobs_total: 3 })
  expect(host.tidegauge.health().plugins[0].state).toBe('down')
})

test('onStart gives the handles before the source starts, for what is recorded when it happens', async () => {
  const order: string[] = []
  const plugin = sourcePlugin({
    name: 'probe',
    version: '1.0.0',
    instruments: { duration: { kind: 'timer', name: 'duration_seconds', help: 'D' } },
    source: { start: () => void order.push('source'), read: () => ({}) },
    onStart({ instruments }) {
      order.push('onStart')
      instruments.duration.observe(0.5)
    },
    report() {},
  })
  const host = await startTestHost(plugin)
  expect(order).toEqual(['onStart', 'source'])
  expect(await host.value('duration_seconds')).toBe(1)
})
