import { describe, expect, test } from 'vitest'
import { instrumentOf, openHost } from '../support/open-host.js'

const table = {
  info: { kind: 'info', name: 'node_info', help: 'I', labels: { version: {}, mode: ['client', 'server'] } },
  bare: { kind: 'info', name: 'bare_info', help: 'B' },
} as const

describe('info', () => {
  test('has no series before it is set, and then the value 1', async () => {
    const { handles, memory, labelsOf } = await openHost(table)
    expect([...labelsOf('node_info'), ...labelsOf('bare_info')]).toEqual([])
    handles.info.set({ version: '1', mode: 'client' })
    handles.bare.set({})
    expect(memory.value('node_info', { version: '1', mode: 'client' })).toBe(1)
    expect(memory.value('bare_info')).toBe(1)
  })

  test('replaces what was reported before', async () => {
    const { handles, labelsOf } = await openHost(table)
    handles.info.set({ version: '1', mode: 'client' })
    handles.info.set({ version: '2', mode: 'server' })
    expect(labelsOf('node_info')).toEqual([{ version: '2', mode: 'server' }])
  })

  test('keeps its series when it is reported the same again, so that no reader misses it', async () => {
    const { handles, memory } = await openHost(table)
    handles.info.set({ version: '1', mode: 'client' })
    const serial = () => {
      const instrument = instrumentOf(memory, 'node_info')
      return instrument.table.serial.get(0)
    }
    const before = serial()
    handles.info.set({ version: '1', mode: 'client' })
    expect(serial()).toBe(before)
  })

  test('keeps what it was reported when it is reported something wrong', async () => {
    const { handles, labelsOf, dropped } = await openHost(table)
    handles.info.set({ version: '1', mode: 'client' })
    handles.info.set({ version: '2', mode: 'other' } as never)
    handles.info.set(null as never)
    expect(labelsOf('node_info')).toEqual([{ version: '1', mode: 'client' }])
    expect(dropped()).toEqual({ label_value: 1, label_missing: 1 })
  })
})
