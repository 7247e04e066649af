import { describe, expect, test } from 'vitest'
import { startRecording } from '../support/recording.js'

const table = {
  plain: { kind: 'state_set', name: 'plain', help: 'P', states: ['a', 'b', 'constructor'] },
  open: { kind: 'state_set', name: 'open', help: 'O', states: ['a', 'b'], labels: { peer: {} } },
} as const

describe('state set', () => {
  test('turns one state on and every other off', async () => {
    const { instruments, memory } = await startRecording(table)
    expect(memory.series('plain')).toBeUndefined()
    instruments.plain.set('a')
    instruments.plain.set('constructor')
    expect(memory.series('plain')?.states).toEqual({ a: false, b: false, constructor: true })
  })

  test('toggles one state and leaves the others', async () => {
    const { instruments, memory } = await startRecording(table)
    const bound = instruments.open.labels({ peer: 'x' })
    instruments.open.set({ peer: 'x' }, 'a')
    bound.toggle('b', true)
    expect(memory.series('open', { peer: 'x' })?.states).toEqual({ a: true, b: true })
    bound.toggle('a', false)
    expect(memory.series('open', { peer: 'x' })?.states).toEqual({ a: false, b: true })
  })

  test('drops a state that it does not have', async () => {
    const { instruments, memory, dropped } = await startRecording(table)
    for (const state of ['c', 'toString', 0, undefined, null, Symbol('a')] as never[]) {
      instruments.plain.set(state)
      instruments.open.set({ peer: 'x' }, state)
    }
    expect([memory.series('plain'), memory.series('open', { peer: 'x' })]).toEqual([undefined, undefined])
    expect(dropped()).toEqual({ unknown_state: 12 })
  })

  test('is gone when it is removed, and begins anew in its place', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.open.set({ peer: 'x' }, 'a')
    instruments.open.remove({ peer: 'x' })
    expect(memory.series('open', { peer: 'x' })).toBeUndefined()
    instruments.open.labels({ peer: 'y' }).toggle('b', true)
    expect(memory.series('open', { peer: 'y' })?.states).toEqual({ a: false, b: true })
  })
})
