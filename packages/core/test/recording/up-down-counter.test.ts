import { describe, expect, test } from 'vitest'
import { startRecording } from '../support/recording.js'

const table = {
  plain: { kind: 'up_down_counter', name: 'plain', help: 'P' },
  open: { kind: 'up_down_counter', name: 'open', help: 'O', labels: { a: {} } },
} as const

describe('up-down counter', () => {
  test('goes both ways from zero, labelled, bound or plain', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.plain.inc()
    instruments.plain.dec(3)
    instruments.plain.inc(-0.5)
    instruments.open.inc({ a: 'x' }, 5)
    instruments.open.dec({ a: 'x' })
    instruments.open.labels({ a: 'x' }).dec(1.5)
    expect([memory.value('plain'), memory.value('open', { a: 'x' })]).toEqual([-2.5, 2.5])
  })

  test('drops what is infinite or no number, in both directions, and says why', async () => {
    const { instruments, memory, dropped } = await startRecording(table)
    const odd = [Number.NaN, Infinity, -Infinity, '5', 5n, null, [5], Symbol('x'), { valueOf: () => 5 }]
    for (const value of odd as never[])
      for (const call of ['inc', 'dec'] as const) {
        instruments.plain[call](value)
        instruments.open[call]({ a: 'x' }, value)
        instruments.open.labels({ a: 'x' })[call](value)
      }
    expect([memory.value('plain'), memory.value('open', { a: 'x' })]).toEqual([0, 0])
    expect(dropped()).toEqual({ infinite: 12, not_a_number: 42 })
  })

  test('starts at zero again after it was removed', async () => {
    const { instruments, memory } = await startRecording(table)
    const bound = instruments.open.labels({ a: 'x' })
    bound.inc(5)
    instruments.open.remove({ a: 'x' })
    bound.dec()
    expect(memory.value('open', { a: 'x' })).toBe(-1)
  })
})
