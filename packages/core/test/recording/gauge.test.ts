import { describe, expect, test } from 'vitest'
import { startProbe, startRecording } from '../support/recording.js'

const table = {
  plain: { kind: 'gauge', name: 'plain', help: 'P' },
  open: { kind: 'gauge', name: 'open', help: 'O', labels: { a: {} } },
  closed: { kind: 'gauge', name: 'closed', help: 'C', labels: { a: ['x', 'y'] } },
  event: { kind: 'gauge', name: 'event', help: 'E', labels: { a: {} }, lifetime: 'event' },
} as const

describe('gauge', () => {
  test('has no series before its first value, also with closed labels', async () => {
    const { labelsOf, instruments, memory } = await startRecording(table)
    instruments.closed.labels({ a: 'x' })
    instruments.open.labels({ a: 'x' })
    expect(['plain', 'open', 'closed', 'event'].flatMap(labelsOf)).toEqual([])
    instruments.plain.set(0)
    expect(memory.value('plain')).toBe(0)
  })

  test('is set, raised and lowered, plain, labelled and bound', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.plain.inc()
    instruments.plain.inc(4)
    instruments.plain.dec(2)
    expect(memory.value('plain')).toBe(3)
    const bound = instruments.open.labels({ a: 'x' })
    bound.dec()
    instruments.open.inc({ a: 'x' }, 5)
    instruments.open.dec({ a: 'x' })
    expect(memory.value('open', { a: 'x' })).toBe(3)
    bound.set(-7)
    expect(memory.value('open', { a: 'x' })).toBe(-7)
  })

  test('takes infinities, and drops what is no number', async () => {
    const { instruments, memory, dropped } = await startRecording(table)
    instruments.plain.set(Infinity)
    expect(memory.value('plain')).toBe(Infinity)
    for (const value of [Number.NaN, '5', 5n, null, [5], Symbol('x')] as never[]) {
      instruments.plain.set(value)
      instruments.open.set({ a: 'x' }, value)
      instruments.open.labels({ a: 'x' }).set(value)
    }
    expect(memory.value('plain')).toBe(Infinity)
    expect(memory.series('open', { a: 'x' })).toBeUndefined()
    expect(dropped()).toEqual({ not_a_number: 18 })
  })

  test('is never made NaN or text by raising or lowering it', async () => {
    const { instruments, memory, dropped } = await startRecording(table)
    instruments.plain.set(Infinity)
    instruments.open.set({ a: 'x' }, Infinity)
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
        instruments.plain[call](value)
        instruments.open[call]({ a: 'x' }, value)
        instruments.open.labels({ a: 'x' })[call](value)
      }
    expect([memory.value('plain'), memory.value('open', { a: 'x' })]).toEqual([Infinity, Infinity])
    expect(dropped()).toEqual({ infinite: 12, not_a_number: 36 })
  })

  test('is gone after it was removed, by whatever handle it was set', async () => {
    const { instruments, labelsOf, memory } = await startRecording(table)
    instruments.plain.set(1)
    instruments.plain.remove()
    expect(labelsOf('plain')).toEqual([])
    instruments.plain.set(2)
    expect(memory.value('plain')).toBe(2)
    const bound = instruments.open.labels({ a: 'x' })
    instruments.open.set({ a: 'x' }, 1)
    bound.remove()
    expect(labelsOf('open')).toEqual([])
    bound.remove()
    bound.set(3)
    instruments.open.remove({ a: 'x' })
    expect(labelsOf('open')).toEqual([])
  })

  test('gives two bound objects of one series the same fate', async () => {
    const { instruments, memory, labelsOf } = await startRecording(table)
    const first = instruments.open.labels({ a: 'x' })
    const second = instruments.open.labels({ a: 'x' })
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
    const { instruments, memory } = await startRecording({ open: { ...table.open, seriesLimit: 1 } })
    instruments.open.set({ a: 'first' }, 1)
    instruments.open.set({ a: 'second' }, Infinity)
    instruments.open.labels({ a: 'third' }).set(3)
    expect(memory.value('open', { a: '__overflow__' })).toBe(3)
  })
})

describe('gauge over collect passes', () => {
  test('loses the series that a pass reported and the next did not', async () => {
    const { instruments, pass, labelsOf } = await startProbe(table)
    const report = (...names: string[]) => pass(() => names.forEach((a) => instruments.open.set({ a }, 1)))
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
    const { instruments, pass, labelsOf } = await startProbe(table)
    instruments.open.set({ a: 'between' }, 1)
    await pass(() => instruments.event.set({ a: 'x' }, 1))
    await pass(() => {})
    expect(labelsOf('event')).toEqual([{ a: 'x' }])
    expect(labelsOf('open')).toEqual([{ a: 'between' }])
  })

  test('counts raising, lowering and bound calls as reports, and those after a wait as well', async () => {
    const { instruments, pass, labelsOf } = await startProbe(table)
    const bound = instruments.open.labels({ a: 'bound' })
    const both = async () => {
      bound.set(1)
      await Promise.resolve()
      instruments.open.inc({ a: 'raised' })
      instruments.plain.dec()
    }
    await pass(both)
    await pass(both)
    expect(labelsOf('open')).toHaveLength(2)
    await pass(() => {})
    expect([...labelsOf('open'), ...labelsOf('plain')]).toEqual([])
  })

  test('keeps everything when a pass fails', async () => {
    const { instruments, pass, labelsOf, clock } = await startProbe(table)
    await pass(() => instruments.open.set({ a: 'x' }, 1))
    await pass(() => {
      throw new Error('no')
    })
    expect(labelsOf('open')).toEqual([{ a: 'x' }])
    await clock.advance(2_000)
    await pass(() => {})
    expect(labelsOf('open')).toEqual([])
  })
})
