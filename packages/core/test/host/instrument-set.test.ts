/** Instruments at module level: `instruments()`, and what happens when hosts use and remove them. */
import { createTidegauge, instruments, type PrivacyRules } from '@tidegauge/core'
import { createManualClock, createMemoryTransport, loggerInto, startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

const labels = { route: {} } as const
const table = {
  requests: { kind: 'counter', name: 'requests_total', help: 'R', labels },
  level: { kind: 'gauge', name: 'level', help: 'L' },
} as const
const route = '/a'

describe('a set of instruments', () => {
  test('counts before there is a host, and while and after one uses it', async () => {
    const set = instruments('shop', table)
    const bound = set.requests.labels({ route })
    bound.inc(2)
    const { tidegauge, value } = await startTestHost({})
    tidegauge.use(set)
    set.requests.inc({ route })
    set.level.set(5)
    expect([await value('requests_total{route="/a"}'), await value('level')]).toEqual([3, 5])
    await tidegauge.remove(set)
    bound.inc()
    set.level.inc()
    expect(await value('level')).toBeUndefined()
    const other = await startTestHost({})
    other.tidegauge.use(set)
    expect([...other.current()]).toEqual([
      ['requests_total{route="/a"}', 4],
      ['level', 6],
    ])
  })

  test('loses a gauge that is removed after the move, by a handle that was not used since', async () => {
    const set = instruments('shop', table)
    set.level.set(5)
    const { tidegauge, current } = await startTestHost({})
    tidegauge.use(set)
    set.level.remove()
    expect(current()).toEqual(new Map())
  })

  test('is listed by its handles, as a table is', () => {
    expect(Object.keys(instruments('shop', table))).toEqual(['requests', 'level'])
  })

  test('takes the options of use(): constant labels and routes', async () => {
    const set = instruments('shop', table)
    set.requests.inc({ route })
    const other = createMemoryTransport('other')
    const { tidegauge, memory } = await startTestHost({}, { transports: [other] })
    tidegauge.use(set, { labels: { node: 'n' }, transports: ['other'] })
    expect(other.value('requests_total', { node: 'n', route })).toBe(1)
    expect(memory.read()).toEqual([])
    expect(tidegauge.health().plugins).toMatchObject([
      { name: 'app' },
      { name: 'shop', labels: { node: 'n' } },
    ])
  })

  test('keeps its counts when its host stops and starts again', async () => {
    const set = instruments('shop', table)
    const memory = createMemoryTransport()
    const host = createTidegauge().use(set).export(memory)
    await host.start()
    set.requests.inc({ route })
    await host.stop()
    set.requests.inc({ route })
    await host.start()
    expect(memory.value('requests_total', { route })).toBe(2)
    await host.stop()
  })

  test('that is refused says why at once, before any host', () => {
    const wrong = { c: { kind: 'counter', name: 'not good', help: 'C' } } as const
    expect(() => instruments('shop', wrong)).toThrow(
      expect.objectContaining({
        code: 'REGISTRATION_INVALID_DEFINITION',
        message: expect.stringContaining('plugin "shop": instrument "not good"'),
      }),
    )
  })
})

describe('a host that uses a set', () => {
  test('keeps others from using it, until it removes it', async () => {
    const set = instruments('shop', table)
    const [one, two] = [createTidegauge(), createTidegauge()]
    one.use(set)
    expect(() => two.use(set)).toThrow(
      expect.objectContaining({
        code: 'LIFECYCLE_WRONG_STATE',
        message: 'instruments "shop" are in use by a host; remove() them there first',
      }),
    )
    expect(() => one.use(set)).toThrow(expect.objectContaining({ code: 'LIFECYCLE_WRONG_STATE' }))
    expect([one.describe().plugins.length, two.describe().plugins.length]).toEqual([1, 0])
    expect(await one.remove(set)).toBe(true)
    expect(await one.remove(set)).toBe(false)
    expect(() => two.use(set)).not.toThrow()
  })

  test('refuses one whose names clash, and the set goes on counting by itself', async () => {
    const set = instruments('shop', table)
    set.requests.inc({ route }, 2)
    const { tidegauge, current } = await startTestHost({ taken: { kind: 'gauge', name: 'level', help: 'L' } })
    tidegauge.instruments('first', { g: { ...table.requests, kind: 'gauge', name: 'requests_total' } })
    expect(() => tidegauge.use(set)).toThrow(expect.objectContaining({ code: 'REGISTRATION_NAME_CLASH' }))
    expect(tidegauge.describe().plugins.map(({ name }) => name)).toEqual(['app', 'first'])
    expect(current()).toEqual(new Map())
    set.requests.inc({ route })
    const other = await startTestHost({})
    other.tidegauge.use(set)
    expect(other.current()).toEqual(new Map([['requests_total{route="/a"}', 3]]))
  })

  test('refuses one that is routed to a transport it does not have, while it runs', async () => {
    const set = instruments('shop', table)
    const { tidegauge } = await startTestHost({})
    expect(() => tidegauge.use(set, { transports: ['prometeus'] })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_UNKNOWN_TRANSPORT' }),
    )
    expect(() => tidegauge.use(set)).not.toThrow()
  })

  test('logs and counts the samples that the set dropped before', async () => {
    const set = instruments('shop', table)
    set.level.set(Number.NaN)
    set.level.set(Number.NaN)
    const log: string[] = []
    const memory = createMemoryTransport()
    const host = createTidegauge({ logger: loggerInto(log) })
      .use(set)
      .export(memory)
    await host.start()
    set.level.set(Number.NaN)
    expect(memory.value('tidegauge_dropped_samples_total', { reason: 'not_a_number' })).toBe(3)
    expect(log).toEqual([
      expect.stringContaining('warn plugin "shop": gauge "level" got NaN: expected a number'),
    ])
    await host.stop()
  })

  test('collects rates of its counters, from the first pass on', async () => {
    const set = instruments('shop', {
      ...table,
      speed: { kind: 'rate', name: 'speed', help: 'S', of: 'requests' },
    })
    set.requests.inc({ route }, 1_000)
    const clock = createManualClock()
    const { tidegauge, value } = await startTestHost({}, { clock })
    tidegauge.use(set, { intervalMs: 0, maxAgeMs: 0 })
    await tidegauge.start()
    await clock.advance(2_000)
    set.requests.inc({ route }, 10)
    expect(await value('speed{route="/a"}')).toBe(5)
  })
})

describe('privacy of a set', () => {
  const secret = {
    seen: { kind: 'counter', name: 'seen_total', help: 'S', labels: { ip: { privacy: 'ip' } } },
  } as const
  const ip = '192.168.178.21'
  const used = async (privacy: PrivacyRules) => {
    const set = instruments('shop', secret)
    const bound = set.seen.labels({ ip })
    bound.inc()
    const host = await startTestHost({}, { host: { privacy } })
    host.tidegauge.use(set)
    bound.inc()
    set.seen.inc({ ip })
    return { set, ...host, current: [...host.current()] }
  }

  test('is the host’s: what was counted before is under the same value as what comes after', async () => {
    expect((await used({ ip: 'keep' })).current).toEqual([[`seen_total{ip="${ip}"}`, 3]])
    expect((await used({ ip: 'shorten' })).current).toEqual([['seen_total{ip="*168.178.21"}', 3]])
    expect((await used({ ip: 'drop' })).current).toEqual([['seen_total', 3]])
    expect((await used({})).current).toEqual([
      [expect.stringMatching(/^seen_total\{ip="[0-9a-f]{16}"\}$/), 3],
    ])
  })

  test('that hashes with one salt gives one hash before and after', async () => {
    const { memory } = await startTestHost(secret, { host: { privacy: { salt: 's' } } }).then((host) => {
      host.instruments.seen.inc({ ip }, 3)
      return host
    })
    const { current } = await used({ salt: 's' })
    const [{ labels: hashed }] = memory.read()[0].series
    expect(current).toEqual([[`seen_total{ip="${hashed['ip']}"}`, 3]])
  })
})
