import { describe, expect, test } from 'vitest'
import { instrumentOf, startRecording } from '../support/recording.js'

const labels = { a: {}, b: {} } as const
const name = 'c_total'
const table = { c: { kind: 'counter', name, help: 'C', labels } } as const
const plain = { c: { kind: 'counter', name, help: 'C' } } as const

describe('exemplars of a counter', () => {
  const trace = { labels: { trace_id: 'abc' } }

  test('are kept with the value and the time, the latest one', async () => {
    const { instruments, memory, clock } = await startRecording(table)
    const labelled = { a: 'x', b: '' }
    instruments.c.inc(labelled, 2, trace)
    const bound = instruments.c.labels(labelled)
    bound.inc(3, { labels: { trace_id: 'def' } })
    const instrument = instrumentOf(memory, name)
    expect(instrument.exemplars.at(0)).toEqual({
      labels: { trace_id: 'def' },
      value: 3,
      timestampSeconds: clock.now() / 1000,
    })
    instruments.c.remove(labelled)
    expect(instrument.exemplars.size).toBe(0)
  })

  test('of more than 128 characters are dropped, and the value is counted', async () => {
    const { instruments, memory, dropped } = await startRecording(plain)
    instruments.c.inc(1, { labels: { a: 'x'.repeat(127) } })
    instruments.c.inc(1, { labels: { a: 'x'.repeat(128) } })
    instruments.c.inc(1, { labels: { a: '💧'.repeat(127) } })
    expect(memory.value(name)).toBe(3)
    expect(dropped()).toEqual({ exemplar_too_long: 1 })
  })

  test('of the wrong shape are dropped, and the value is counted', async () => {
    const { instruments, memory, dropped } = await startRecording(plain)
    const thrower = {
      get labels(): never {
        throw new Error('no')
      },
    }
    const odd = [null, 5, 'x', { labels: { a: 5 } }, { labels: { 'a b': 'x' } }, { labels: 'xy' }, thrower]
    const times = [Number.NaN, '5', {}, 5n].map((timestampSeconds) => ({ labels: {}, timestampSeconds }))
    for (const exemplar of [...odd, ...times] as never[]) instruments.c.inc(1, exemplar)
    expect(memory.value(name)).toBe(odd.length + times.length)
    // a number and a string have no labels: an exemplar without any
    expect(dropped()).toEqual({ exemplar_too_long: odd.length + times.length - 2 })
  })

  test('are not kept for a value that was dropped', async () => {
    const { instruments, memory } = await startRecording(plain)
    instruments.c.inc(Number.NaN, trace)
    instruments.c.inc(-1, trace)
    const instrument = instrumentOf(memory, name)
    expect(instrument.exemplars.size).toBe(0)
  })
})
