import { createManualClock, startTestHost, until } from '@tidegauge/testkit'
import type { ReadPass } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { ipns, type IpnsSnapshot, type IpnsSource } from '../src/index.js'
import { createNode, createPair, HOUR_MS, nameOf, value } from './support/nodes.js'
import { taking } from './support/refreshing.js'
import { tracked, valuesOf } from './support/series.js'

const counts = { active: 1, backoff: 2, overdue: 1 }

describe('a source of another stack', () => {
  it('is started with the clock of the host, read, and stopped', async () => {
    const calls: string[] = []
    const clock = createManualClock()
    const source: IpnsSource = {
      start: (context) => void calls.push(`start ${context.clock === clock}`),
      read: ({ deadlineMs, signal }) => {
        calls.push(`read ${deadlineMs > clock.monotonic()} ${signal.aborted}`)
        return Promise.resolve({})
      },
      stop: () => void calls.push('stop'),
    }
    const host = await startTestHost(ipns({ source }), { clock })
    await host.read()
    await host.tidegauge.stop()
    expect(calls).toEqual(['start true', 'read true false', 'read true false', 'read true false', 'stop'])
  })

  it('that has problems is down with their text, and the rest is exported', async () => {
    const snapshot: IpnsSnapshot = {
      refreshes: { mine: { success: 3, failure: 0 } },
      problems: ['no disk', 'no net'],
    }
    const host = await startTestHost(ipns({ source: { read: () => snapshot } }))
    expect(await host.value('libp2p_ipns_refresh_total{namespace="mine",result="success"}')).toBe(3)
    expect(await host.value(tracked)).toBeUndefined()
    expect(host.tidegauge.health().plugins[0]).toMatchObject({
      state: 'down',
      lastError: 'plugin "ipns": no disk; no net',
    })
  })

  it('that leaves state out beside a problem has none exported, not even that of before (issue 10)', async () => {
    const records = { mine: { ...counts, nextAttemptMs: Date.now() + 60_000 } }
    const refreshes = { mine: { success: 3, failure: 0, lastSuccessMs: 1_000 } }
    let snapshot: IpnsSnapshot = { records, refreshes, republisher: { isRunning: true } }
    const host = await startTestHost(ipns({ source: { read: () => snapshot } }))
    expect(await host.value('libp2p_ipns_next_attempt_seconds{namespace="mine"}')).toBeGreaterThan(0)
    snapshot = { refreshes, problems: ['no disk'] }
    const kept = [...(await host.read()).keys()].filter((series) => !series.includes('runs_total'))
    expect(kept).toEqual([
      'libp2p_ipns_refresh_total{namespace="mine",result="success"}',
      'libp2p_ipns_refresh_total{namespace="mine",result="failure"}',
      'libp2p_ipns_last_event_unix{namespace="mine",event="success"}',
    ])
  })

  it('that hangs is aborted and read again at the next pass, and its late answer is dropped', async () => {
    const answers: ((snapshot: IpnsSnapshot) => void)[] = []
    const signals: AbortSignal[] = []
    const source = {
      read: ({ signal }: ReadPass) => {
        signals.push(signal)
        if (signals.length > 2) return { records: { mine: counts } }
        return new Promise<IpnsSnapshot>((resolve) => answers.push(resolve))
      },
    }
    const clock = createManualClock()
    const starting = startTestHost(ipns({ source }), { clock, use: { timeoutMs: 1_000 } })
    await clock.advance(2_000)
    const host = await starting
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    await clock.advance(30_000)
    const reading = host.value(tracked)
    await clock.advance(2_000)
    expect(await reading).toBeUndefined()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
    expect(host.tidegauge.health().plugins[0].lastError).toContain('did not end within 1000 ms')
    // too late: it is not exported
    answers[0]({ records: { late: counts } })
    await clock.advance(30_000)
    const values = await host.read()
    answers[1]({ records: { late: counts } })
    expect(values.get('libp2p_ipns_records_total{state="tracked"}')).toBe(3)
    const after = await host.read()
    expect([...values.keys(), ...after.keys()].filter((series) => series.includes('late'))).toEqual([])
    expect(host.tidegauge.health().plugins[0].state).toBe('up')
  })

  it('that hangs is read again when the plugin is started again', async () => {
    let calls = 0
    const source = {
      read: () => (++calls === 1 ? new Promise<IpnsSnapshot>(() => {}) : { records: { mine: counts } }),
    }
    const host = await startTestHost(ipns({ source }), { use: { timeoutMs: 50 } })
    expect(host.tidegauge.health().plugins[0].state).toBe('down')
    await host.tidegauge.stop()
    await host.tidegauge.start()
    expect(await host.value(tracked)).toBe(3)
  })

  it('may have more namespaces than maxNamespaces: no total falls when they are merged', async () => {
    let count = 3
    const names = () => Array.from({ length: count }, (_, i) => `n${i}`)
    const source = {
      read: (): IpnsSnapshot => ({
        records: Object.fromEntries(
          names().map((name, i) => [name, { ...counts, nextAttemptMs: (9 - i) * 1_000 }]),
        ),
        refreshes: Object.fromEntries(
          names().map((name, i) => [name, { success: 1, failure: 2, lastSuccessMs: i * 1_000 }]),
        ),
        publishes: Object.fromEntries(names().map((name) => [name, { success: 5, failure: 0 }])),
      }),
    }
    const host = await startTestHost(ipns({ source, maxNamespaces: 2 }), { clock: createManualClock(0) })
    const read = () =>
      valuesOf(
        host,
        'libp2p_ipns_refresh_total{namespace="n1",result="success"}',
        'libp2p_ipns_refresh_total{namespace="other",result="failure"}',
        'libp2p_ipns_publish_total{namespace="other",result="success"}',
        'libp2p_ipns_namespace_records{namespace="other",state="backoff"}',
        'libp2p_ipns_last_event_unix{namespace="other",event="success"}',
        'libp2p_ipns_next_attempt_seconds{namespace="other"}',
        tracked,
      )
    expect(await read()).toEqual([1, 2, 5, 2, 2, 7, 9])
    count = 5
    expect(await read()).toEqual([1, 6, 15, 6, 4, 5, 15])
  })
})

describe('namespaces', () => {
  it('of a record that was refreshed and unpublished between two collections stay its own', async () => {
    const name = nameOf(await createNode({ dht: false }), { republishInterval: 3_000_000 })
    const gate = Promise.withResolvers<void>()
    const puts: unknown[] = []
    name.routers.push({
      ...taking,
      put: (key) => (puts.push(key), puts.length === 4 ? gate.promise : Promise.resolve()),
    })
    const host = await startTestHost(ipns({ name, namespace: ({ keyName }) => keyName }))
    for (const key of ['brief', 'slow']) await name.publish(key, value, { lifetime: HOUR_MS })
    const ofBoth = () =>
      valuesOf(
        host,
        'libp2p_ipns_refresh_total{namespace="brief",result="success"}',
        'libp2p_ipns_refresh_total{namespace="slow",result="success"}',
        'libp2p_ipns_refresh_total{namespace="other",result="success"}',
      )
    expect(await ofBoth()).toEqual([0, 0, undefined])
    name.start()
    await until(() => puts.length === 4, 'both to be refreshed')
    await Promise.all([name.unpublish('brief'), name.unpublish('slow')])
    const sum = async () => (await ofBoth()).map((one) => one ?? 0).reduce((a, b) => a + b)
    // one is still pending, and keeps its namespace until it ends
    await expect.poll(sum).toBe(1)
    gate.resolve()
    await expect.poll(ofBoth).toEqual([1, 1, undefined])
  })

  it('are what the option returns for a record', async () => {
    const [a] = await createPair()
    const name = nameOf(a, { republishInterval: 100 })
    const seen: unknown[] = []
    const plugin = ipns({
      name,
      namespace: (record) => {
        seen.push(record)
        return record.keyName.split('-')[0]
      },
    })
    const host = await startTestHost(plugin)
    await name.publish('site-a', value, { lifetime: HOUR_MS })
    await name.publish('site-b', value)
    await name.publish('blog-a', value, { lifetime: HOUR_MS })
    expect(
      await valuesOf(
        host,
        'libp2p_ipns_namespace_records{namespace="site",state="active"}',
        'libp2p_ipns_namespace_records{namespace="blog",state="active"}',
        'libp2p_ipns_publish_total{namespace="site",result="success"}',
        'libp2p_ipns_refresh_total{namespace="blog",result="success"}',
        'libp2p_ipns_namespace_records{namespace="ipns",state="active"}',
      ),
    ).toEqual([2, 1, 2, 0, undefined])
    expect(seen[0]).toEqual({ keyName: 'site-a', lifetimeMs: HOUR_MS, routingKey: expect.any(Uint8Array) })
    name.start()
    await expect
      .poll(() => host.value('libp2p_ipns_refresh_total{namespace="blog",result="success"}'))
      .toBeGreaterThan(0)
  })

  it('of records that were published before are known at the first refresh, before any collection', async () => {
    const [a] = await createPair()
    const name = nameOf(a, { republishInterval: 3_000_000 })
    await name.publish('old', value, { lifetime: HOUR_MS })
    const host = await startTestHost(ipns({ name, namespace: ({ keyName }) => `of ${keyName}` }))
    name.start()
    await expect
      .poll(() => host.value('libp2p_ipns_refresh_total{namespace="of old",result="success"}'))
      .toBe(1)
  })

  it('of a function that throws or does not return a name are other', async () => {
    const name = nameOf(await createNode())
    const host = await startTestHost(
      ipns({
        name,
        namespace: ({ keyName }) => {
          if (keyName === 'bad') throw new Error('no idea')
          return keyName === 'good' ? 'good' : ''
        },
      }),
    )
    for (const key of ['bad', 'good', 'else']) await name.publish(key, value, { offline: true })
    expect(
      await valuesOf(
        host,
        'libp2p_ipns_namespace_records{namespace="other",state="active"}',
        'libp2p_ipns_namespace_records{namespace="good",state="active"}',
      ),
    ).toEqual([2, 1])
    expect(host.log.filter((line) => line.includes('the option namespace failed'))).toHaveLength(1)
  })

  it('of a record that was published and unpublished between two collections are counted', async () => {
    const name = nameOf(await createNode())
    const host = await startTestHost(ipns({ name, namespace: ({ keyName }) => keyName }))
    await name.publish('brief', value)
    await name.unpublish('brief')
    expect(
      await valuesOf(host, 'libp2p_ipns_publish_total{namespace="brief",result="failure"}', tracked),
    ).toEqual([1, 0])
  })
  it('are limited by maxNamespaces, which is logged once', async () => {
    const name = nameOf(await createNode())
    const host = await startTestHost(ipns({ name, maxNamespaces: 1, namespace: ({ keyName }) => keyName }))
    for (const key of ['a', 'b', 'c']) await name.publish(key, value, { offline: true })
    const records = [...(await host.read())].filter(([series]) => series.endsWith('state="active"}'))
    expect(new Set(records.map(([, count]) => count))).toEqual(new Set([1, 2]))
    expect(records).toHaveLength(2)
    expect(await host.value('libp2p_ipns_namespace_records{namespace="other",state="active"}')).toBe(2)
    expect(host.log.filter((line) => line.includes('more than 1 namespaces'))).toHaveLength(1)
  })
})
