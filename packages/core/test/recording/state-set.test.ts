import { describe, expect, test } from 'vitest'
import { openHost } from '../support/open-host.js'

const table = {
  plain: { kind: 'state_set', name: 'plain', help: 'P', states: ['a', 'b', 'constructor'] },
  open: { kind: 'state_set', name: 'open', help: 'O', states: ['a', 'b'], labels: { peer: {} } },
} as const

describe('state set', () => {
  test('turns one state on and every other off', async () => {
    const { handles, memory } = await openHost(table)
    expect(memory.series('plain')).toBeUndefined()
    handles.plain.set('a')
    handles.plain.set('constructor')
    expect(memory.series('plain')?.states).toEqual({ a: false, b: false, constructor: true })
  })

  test('toggles one state and leaves the others', async () => {
    const { handles, memory } = await openHost(table)
    const bound = handles.open.labels({ peer: 'x' })
    handles.open.set({ peer: 'x' }, 'a')
    bound.toggle('b', true)
    expect(memory.series('open', { peer: 'x' })?.states).toEqual({ a: true, b: true })
    bound.toggle('a', false)
    expect(memory.series('open', { peer: 'x' })?.states).toEqual({ a: false, b: true })
  })

  test('drops a state that it does not have', async () => {
    const { handles, memory, dropped } = await openHost(table)
    for (const state of ['c', 'toString', 0, undefined, null, Symbol('a')] as never[]) {
      handles.plain.set(state)
      handles.open.set({ peer: 'x' }, state)
    }
    expect([memory.series('plain'), memory.series('open', { peer: 'x' })]).toEqual([undefined, undefined])
    expect(dropped()).toEqual({ unknown_state: 12 })
  })

  test('is gone when it is removed, and begins anew in its place', async () => {
    const { handles, memory } = await openHost(table)
    handles.open.set({ peer: 'x' }, 'a')
    handles.open.remove({ peer: 'x' })
    expect(memory.series('open', { peer: 'x' })).toBeUndefined()
    handles.open.labels({ peer: 'y' }).toggle('b', true)
    expect(memory.series('open', { peer: 'y' })?.states).toEqual({ a: false, b: true })
  })
})
