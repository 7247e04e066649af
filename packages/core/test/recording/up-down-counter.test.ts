import { describe, expect, test } from 'vitest'
import { openHost } from '../support/open-host.js'

const table = {
  plain: { kind: 'up_down_counter', name: 'plain', help: 'P' },
  open: { kind: 'up_down_counter', name: 'open', help: 'O', labels: { a: {} } },
} as const

describe('up-down counter', () => {
  test('goes both ways from zero, labelled, bound or plain', async () => {
    const { handles, memory } = await openHost(table)
    handles.plain.inc()
    handles.plain.dec(3)
    handles.plain.inc(-0.5)
    handles.open.inc({ a: 'x' }, 5)
    handles.open.dec({ a: 'x' })
    handles.open.labels({ a: 'x' }).dec(1.5)
    expect([memory.value('plain'), memory.value('open', { a: 'x' })]).toEqual([-2.5, 2.5])
  })

  test('drops what is infinite or no number, in both directions, and says why', async () => {
    const { handles, memory, dropped } = await openHost(table)
    const odd = [Number.NaN, Infinity, -Infinity, '5', 5n, null, [5], Symbol('x'), { valueOf: () => 5 }]
    for (const value of odd as never[])
      for (const call of ['inc', 'dec'] as const) {
        handles.plain[call](value)
        handles.open[call]({ a: 'x' }, value)
        handles.open.labels({ a: 'x' })[call](value)
      }
    expect([memory.value('plain'), memory.value('open', { a: 'x' })]).toEqual([0, 0])
    expect(dropped()).toEqual({ infinite: 12, not_a_number: 42 })
  })

  test('starts at zero again after it was removed', async () => {
    const { handles, memory } = await openHost(table)
    const bound = handles.open.labels({ a: 'x' })
    bound.inc(5)
    handles.open.remove({ a: 'x' })
    bound.dec()
    expect(memory.value('open', { a: 'x' })).toBe(-1)
  })
})
