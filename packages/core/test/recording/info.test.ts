import { describe, expect, test } from 'vitest'
import { instrumentOf, startRecording } from '../support/recording.js'

const table = {
  info: { kind: 'info', name: 'node_info', help: 'I', labels: { version: {}, mode: ['client', 'server'] } },
  bare: { kind: 'info', name: 'bare_info', help: 'B' },
} as const

describe('info', () => {
  test('has no series before it is set, and then the value 1', async () => {
    const { instruments, memory, labelsOf } = await startRecording(table)
    expect([...labelsOf('node_info'), ...labelsOf('bare_info')]).toEqual([])
    instruments.info.set({ version: '1', mode: 'client' })
    instruments.bare.set({})
    expect(memory.value('node_info', { version: '1', mode: 'client' })).toBe(1)
    expect(memory.value('bare_info')).toBe(1)
  })

  test('replaces what was reported before', async () => {
    const { instruments, labelsOf } = await startRecording(table)
    instruments.info.set({ version: '1', mode: 'client' })
    instruments.info.set({ version: '2', mode: 'server' })
    expect(labelsOf('node_info')).toEqual([{ version: '2', mode: 'server' }])
  })

  test('keeps its series when it is reported the same again, so that no reader misses it', async () => {
    const { instruments, memory } = await startRecording(table)
    instruments.info.set({ version: '1', mode: 'client' })
    const serial = () => {
      const instrument = instrumentOf(memory, 'node_info')
      return instrument.table.serial.get(0)
    }
    const before = serial()
    instruments.info.set({ version: '1', mode: 'client' })
    expect(serial()).toBe(before)
  })

  test('keeps what it was reported when it is reported something wrong', async () => {
    const { instruments, labelsOf, dropped } = await startRecording(table)
    instruments.info.set({ version: '1', mode: 'client' })
    instruments.info.set({ version: '2', mode: 'other' } as never)
    instruments.info.set(null as never)
    expect(labelsOf('node_info')).toEqual([{ version: '1', mode: 'client' }])
    expect(dropped()).toEqual({ label_value: 1, label_missing: 1 })
  })
})
