import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { collecting, startPages } from '../support/start-pages.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const
const bad = (name: string, collect: () => unknown) =>
  collecting(collect, { name, instruments: { one: { kind: 'counter', name: `${name}_total`, help: name } } })

describe('a scrape', () => {
  test('shares its collection with concurrent scrapes', async () => {
    let passes = 0
    const collect = async () => {
      passes++
      await sleep(50)
    }
    const { get } = await startPages(collecting(collect))
    const before = passes
    const texts = await Promise.all(Array.from({ length: 20 }, async () => (await get()).text))
    expect(passes).toBe(before + 1)
    expect(new Set(texts).size).toBe(1)
  })

  test('is answered in time when plugins throw, reject, hang and clash, and reports them', async () => {
    const others = [
      bad('throws', () => {
        throw new Error('no')
      }),
      bad('rejects', () => Promise.reject(undefined)),
      bad('unprintable', () => {
        throw {
          toString: () => {
            throw new Error('worse')
          },
          get message() {
            throw new Error('worse still')
          },
        }
      }),
      bad('hangs', () => new Promise(() => {})),
      collecting(() => {}, {
        name: 'clashes',
        instruments: { hits: { kind: 'gauge', name: 'hits_total', help: 'Mine' } },
      }),
    ]
    const { get, tidegauge, instruments } = await startPages(table, { host: { selfMetrics: 'on' } })
    for (const other of others) tidegauge.use(other, { intervalMs: 0, maxAgeMs: 0, timeoutMs: 500 })
    await tidegauge.start()
    instruments.hits.inc(5)
    const from = performance.now()
    const { text, status } = await get('/metrics', { 'x-prometheus-scrape-timeout-seconds': '2' })
    expect(performance.now() - from).toBeLessThan(2_000)
    expect(status).toBe(200)
    expect(text).toContain('hits_total 5\n')
    for (const name of ['throws', 'rejects', 'unprintable', 'hangs', 'clashes']) {
      expect(text).toContain(`tidegauge_plugin_up{plugin="${name}"} 0\n`)
      expect(tidegauge.health().plugins.find((one) => one.name === name)).toMatchObject({ state: 'down' })
    }
    expect(text).toContain('tidegauge_plugin_up{plugin="app"} 1\n')
    expect(text).toMatch(/collect_failures_total\{plugin="hangs",reason="timeout"\} [1-9]/)
    expect(text).toMatch(/collect_failures_total\{plugin="clashes",reason="registration"\} 1/)
  })

  test('does not collect longer than the scraper’s timeout', async () => {
    let slow = false
    const collect = () => (slow ? sleep(3_000) : undefined)
    const { get } = await startPages(collecting(collect), { use: { timeoutMs: 5_000 } })
    slow = true
    const from = performance.now()
    expect((await get('/metrics', { 'x-prometheus-scrape-timeout-seconds': '0.6' })).status).toBe(200)
    expect(performance.now() - from).toBeLessThan(2_500)
  })

  test('does not block the event loop while it writes a large registry', async () => {
    const many = {
      level: { kind: 'gauge', name: 'level', help: 'h', labels: { n: {} }, seriesLimit: 1e6 },
    } as const
    const { get, instruments } = await startPages(many)
    for (let i = 0; i < 200_000; i++) instruments.level.set({ n: `series ${i}` }, i)
    let turns = 0
    let isOver = false
    const turn = () => {
      turns++
      if (!isOver) setImmediate(turn)
    }
    turn()
    const { text } = await get()
    isOver = true
    expect(text.length).toBeGreaterThan(5_000_000)
    expect(turns).toBeGreaterThan(5)
  })

  test('writes no series twice while series are added and removed', async () => {
    const many = {
      level: { kind: 'gauge', name: 'level', help: 'h', labels: { n: {} }, seriesLimit: 1e6 },
    } as const
    const { get, instruments } = await startPages(many)
    for (let i = 0; i < 50_000; i++) instruments.level.set({ n: String(i) }, i)
    let i = 0
    const churn = setInterval(() => {
      for (let k = 0; k < 2_000; k++, i++) {
        instruments.level.remove({ n: String(i % 50_000) })
        instruments.level.set({ n: String((i + 25_000) % 50_000) }, i)
      }
    }, 1)
    for (let k = 0; k < 5; k++) {
      const lines = (await get()).text.split('\n').filter((line) => line.startsWith('level{'))
      expect(new Set(lines.map((line) => line.slice(0, line.indexOf('}')))).size).toBe(lines.length)
    }
    clearInterval(churn)
  })

  test('that its client aborts is counted as aborted and leaves nothing behind', async () => {
    const many = {
      level: { kind: 'gauge', name: 'level', help: 'h', labels: { n: {} }, seriesLimit: 1e6 },
    } as const
    const { get, origin, instruments } = await startPages(many, { host: { selfMetrics: 'on' } })
    for (let i = 0; i < 200_000; i++) instruments.level.set({ n: `series ${i}` }, i)
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () =>
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'),
    )
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    const aborted = async () =>
      (await get('/metrics?plugin[]=tidegauge')).text.includes('outcome="aborted"} 1\n')
    await expect.poll(aborted, { timeout: 10_000 }).toBe(true)
    expect((await get('/metrics?plugin[]=tidegauge')).text).toContain(
      'tidegauge_transport_queue_size{transport="prometheus"} 0\n',
    )
  })
})
