import { describe, expect, test } from 'vitest'
import { openHost } from '../support/open-host.js'

const table = {
  plain: { kind: 'gauge', name: 'plain', help: 'P' },
  open: { kind: 'gauge', name: 'open', help: 'O', labels: { a: {} } },
  closed: { kind: 'gauge', name: 'closed', help: 'C', labels: { a: ['x', 'y'] } },
  event: { kind: 'gauge', name: 'event', help: 'E', labels: { a: {} }, lifetime: 'event' },
} as const

describe('gauge', () => {
  test('has no series before its first value, also with closed labels', async () => {
    const { labelsOf, handles, memory } = await openHost(table)
    handles.closed.labels({ a: 'x' })
    handles.open.labels({ a: 'x' })
    expect(['plain', 'open', 'closed', 'event'].flatMap(labelsOf)).toEqual([])
    handles.plain.set(0)
    expect(memory.value('plain')).toBe(0)
  })

  test('is set, raised and lowered, plain, labelled and bound', async () => {
    const { handles, memory } = await openHost(table)
    handles.plain.inc()
    handles.plain.inc(4)
    handles.plain.dec(2)
    expect(memory.value('plain')).toBe(3)
    const bound = handles.open.labels({ a: 'x' })
    bound.dec()
    handles.open.inc({ a: 'x' }, 5)
    handles.open.dec({ a: 'x' })
    expect(memory.value('open', { a: 'x' })).toBe(3)
    bound.set(-7)
    expect(memory.value('open', { a: 'x' })).toBe(-7)
  })

  test('takes infinities, and drops what is no number', async () => {
    const { handles, memory, dropped } = await openHost(table)
    handles.plain.set(Infinity)
    expect(memory.value('plain')).toBe(Infinity)
    for (const value of [Number.NaN, '5', 5n, null, [5], Symbol('x')] as never[]) {
      handles.plain.set(value)
      handles.open.set({ a: 'x' }, value)
      handles.open.labels({ a: 'x' }).set(value)
    }
    expect(memory.value('plain')).toBe(Infinity)
    expect(memory.series('open', { a: 'x' })).toBeUndefined()
    expect(dropped()).toEqual({ not_a_number: 18 })
  })

  test('is never made NaN or text by raising or lowering it', async () => {
    const { handles, memory, dropped } = await openHost(table)
    handles.plain.set(Infinity)
    handles.open.set({ a: 'x' }, Infinity)
    for (const value of [
      Infinity,
      -Infinity,
      '5',
      [5],
      { valueOf: () => 5 },
      null,
      5n,
      Symbol('x'),
    ] as never[])
      for (const call of ['inc', 'dec'] as const) {
        handles.plain[call](value)
        handles.open[call]({ a: 'x' }, value)
        handles.open.labels({ a: 'x' })[call](value)
      }
    expect([memory.value('plain'), memory.value('open', { a: 'x' })]).toEqual([Infinity, Infinity])
    expect(dropped()).toEqual({ infinite: 12, not_a_number: 36 })
  })

  test('is gone after it was removed, by whatever handle it was set', async () => {
    const { handles, labelsOf, memory } = await openHost(table)
    handles.plain.set(1)
    handles.plain.remove()
    expect(labelsOf('plain')).toEqual([])
    handles.plain.set(2)
    expect(memory.value('plain')).toBe(2)
    const bound = handles.open.labels({ a: 'x' })
    handles.open.set({ a: 'x' }, 1)
    bound.remove()
    expect(labelsOf('open')).toEqual([])
    bound.remove()
    bound.set(3)
    handles.open.remove({ a: 'x' })
    expect(labelsOf('open')).toEqual([])
  })

  test('gives two bound objects of one series the same fate', async () => {
    const { handles, memory, labelsOf } = await openHost(table)
    const first = handles.open.labels({ a: 'x' })
    const second = handles.open.labels({ a: 'x' })
    first.set(1)
    second.inc()
    expect(memory.value('open', { a: 'x' })).toBe(2)
    first.remove()
    expect(labelsOf('open')).toEqual([])
    second.set(5)
    first.inc()
    expect(memory.value('open', { a: 'x' })).toBe(6)
  })

  test('over its limit holds the latest value in the overflow series', async () => {
    const { handles, memory } = await openHost({ open: { ...table.open, seriesLimit: 1 } })
    handles.open.set({ a: 'first' }, 1)
    handles.open.set({ a: 'second' }, Infinity)
    handles.open.labels({ a: 'third' }).set(3)
    expect(memory.value('open', { a: '__overflow__' })).toBe(3)
  })
})

describe('gauge over collect passes', () => {
  test('loses the series that a pass reported and the next did not', async () => {
    const { handles, pass, labelsOf } = await openHost(table)
    const report = (...names: string[]) => pass(() => names.forEach((a) => handles.open.set({ a }, 1)))
    await report('x', 'y')
    await report('y', 'z')
    expect(
      labelsOf('open')
        .map(({ a }) => a)
        .sort(),
    ).toEqual(['y', 'z'])
    await report()
    expect(labelsOf('open')).toEqual([])
  })

  test('keeps series of lifetime event, and those that were set between passes', async () => {
    const { handles, pass, labelsOf } = await openHost(table)
    handles.open.set({ a: 'between' }, 1)
    await pass(() => handles.event.set({ a: 'x' }, 1))
    await pass(() => {})
    expect(labelsOf('event')).toEqual([{ a: 'x' }])
    expect(labelsOf('open')).toEqual([{ a: 'between' }])
  })

  test('counts raising, lowering and bound calls as reports, and those after a wait as well', async () => {
    const { handles, pass, labelsOf } = await openHost(table)
    const bound = handles.open.labels({ a: 'bound' })
    const both = async () => {
      bound.set(1)
      await Promise.resolve()
      handles.open.inc({ a: 'raised' })
      handles.plain.dec()
    }
    await pass(both)
    await pass(both)
    expect(labelsOf('open')).toHaveLength(2)
    await pass(() => {})
    expect([...labelsOf('open'), ...labelsOf('plain')]).toEqual([])
  })

  test('keeps everything when a pass fails', async () => {
    const { handles, pass, labelsOf, clock } = await openHost(table)
    await pass(() => handles.open.set({ a: 'x' }, 1))
    await pass(() => {
      throw new Error('no')
    })
    expect(labelsOf('open')).toEqual([{ a: 'x' }])
    await clock.advance(2_000)
    await pass(() => {})
    expect(labelsOf('open')).toEqual([])
  })
})
