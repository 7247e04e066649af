/** Bugs that were found in other metrics libraries; one case each that this one does not have. */
import { describe, expect, test } from 'vitest'
import { createTidegauge } from '@tidegauge/core'
import { createManualClock, createMemoryTransport } from '@tidegauge/testkit'
import { createPlugin } from '../support/plugin.js'
import { startProbe, startRecording } from '../support/recording.js'

const labels = { a: {}, b: {} } as const
const table = {
  c: { kind: 'counter', name: 'c_total', help: 'C', labels },
  h: { kind: 'histogram', name: 'h', help: 'H', labels },
} as const

describe('a registry', () => {
  test('never merges two label sets that read the same when they are joined', async () => {
    const { instruments, memory } = await startRecording(table)
    const sets = [
      { a: 'x,b:y', b: 'z' },
      { a: 'x', b: 'y,b:z' },
      { a: 'x|', b: 'y' },
      { a: 'x', b: '|y' },
      { a: 'x",b="y', b: '' },
      { a: 'x', b: '\u0000y' },
      { a: 'x\u001F', b: 'y' },
    ]
    for (const [i, set] of sets.entries()) instruments.c.inc(set, i + 1)
    const read = memory.read({ names: new Set(['c_total']) })[0].series.map(({ value }) => value)
    expect(read).toEqual(sets.map((_, i) => i + 1))
  })

  test('is not poisoned by NaN: totals, sums and counts stay as they were', async () => {
    const { instruments, memory } = await startRecording(table)
    const set = { a: '', b: '' }
    instruments.c.inc(set, 2)
    instruments.h.observe(set, 2)
    instruments.c.inc(set, Number.NaN)
    instruments.h.observe(set, Number.NaN)
    expect(memory.value('c_total', set)).toBe(2)
    expect(memory.series('h', set)).toMatchObject({ sum: 2, count: 1 })
  })

  test('keeps its labels when the caller uses one object again and again', async () => {
    const { instruments, labelsOf } = await startRecording(table)
    const reused = { a: '', b: '' }
    const bound = []
    for (const a of ['1', '2', '3']) {
      reused.a = a
      instruments.c.inc(reused)
      bound.push(instruments.h.labels(reused))
    }
    reused.a = 'later'
    bound.forEach((series) => series.observe(1))
    expect(labelsOf('c_total').map(({ a }) => a)).toEqual(['1', '2', '3'])
    expect(labelsOf('h').map(({ a }) => a)).toEqual(['1', '2', '3'])
  })

  test('keeps its definitions and options when the caller changes its objects later', async () => {
    const bounds = [1, 2]
    const values = ['x', 'y']
    const constant = { node: 'a' }
    const { instruments, memory } = await startRecording(
      { h: { kind: 'histogram', name: 'h', help: 'H', bounds, labels: { a: values } } },
      {},
      { labels: constant },
    )
    bounds.push(0)
    values[0] = 'changed'
    constant.node = 'changed'
    instruments.h.observe({ a: 'x' }, 5)
    expect(memory.series('h', { node: 'a', a: 'x' })).toMatchObject({ buckets: [0, 0, 1] })
  })

  test('makes no series of arrays and objects, whatever their toString says', async () => {
    const { instruments, labelsOf, dropped } = await startRecording(table)
    const injected = 'x"} 1\ninjected_metric{y="'
    for (const a of [[injected], { toString: () => injected }, new String(injected)] as never[])
      instruments.c.inc({ a, b: '' })
    expect(labelsOf('c_total')).toEqual([])
    expect(dropped()).toEqual({ label_type: 3 })
  })

  test('has room for metrics that are named like members of the object prototype', async () => {
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty']
    const rows = names.map((name) => [name, { kind: 'counter', name, help: 'C' }] as const)
    const { instruments, memory } = await startRecording(Object.fromEntries(rows))
    for (const name of names) instruments[name].inc(3)
    expect(names.map((name) => memory.value(name))).toEqual([3, 3, 3, 3])
  })

  test('serves what there is when one source throws and another hangs', async () => {
    const clock = createManualClock()
    const memory = createMemoryTransport()
    const host = createTidegauge({ clock, logger: 'silent' })
      .use(createPlugin({ name: 'throws', collect: () => Promise.reject(new Error('no')) }))
      .use(createPlugin({ name: 'hangs', collect: () => new Promise(() => {}) }))
      .use(createPlugin({ name: 'well' }))
      .export(memory)
    const started = host.start()
    await clock.advance(5_000)
    await started
    const scraped = memory.scrape()
    await clock.advance(5_000)
    const up = (await scraped).find(({ name }) => name === 'tidegauge_plugin_up')!.series
    expect(up.map(({ labels: { plugin }, value }) => [plugin, value])).toEqual([
      ['throws', 0],
      ['hangs', 0],
      ['well', 1],
    ])
    const stopped = host.stop()
    await clock.advance(20_000)
    await stopped
  })

  test('holds its series limit over collect passes, not for each alone', async () => {
    const { instruments, pass, labelsOf } = await startProbe({ c: { ...table.c, seriesLimit: 100 } })
    for (let round = 0; round < 10; round++)
      await pass(() => {
        for (let i = 0; i < 90; i++) instruments.c.inc({ a: `${round}`, b: `${i}` })
      })
    expect(labelsOf('c_total')).toHaveLength(101)
  })

  test('keeps a series in its place, whatever order later rounds record in', async () => {
    const { instruments, memory, labelsOf } = await startRecording({ c: { ...table.c, seriesLimit: 3 } })
    const names = ['1', '2', '3', '4', '5']
    for (const a of names) instruments.c.inc({ a, b: '' })
    for (const a of names.toReversed()) instruments.c.inc({ a, b: '' })
    expect(labelsOf('c_total').map(({ a }) => a)).toEqual(['1', '2', '3', '__overflow__'])
    expect(names.slice(0, 3).map((a) => memory.value('c_total', { a, b: '' }))).toEqual([2, 2, 2])
    expect(memory.value('c_total', { a: '__overflow__', b: '__overflow__' })).toBe(4)
  })

  test('stops exporting a gauge series that a source no longer has', async () => {
    const { instruments, pass, labelsOf } = await startProbe({ g: { ...table.c, kind: 'gauge', name: 'g' } })
    await pass(() => instruments.g.set({ a: 'gone', b: '' }, 1))
    await pass(() => instruments.g.set({ a: 'here', b: '' }, 1))
    expect(labelsOf('g')).toEqual([{ a: 'here', b: '' }])
  })
})
