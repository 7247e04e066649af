import { describe, expect, test } from 'vitest'
import { startProbe, startRecording } from '../support/recording.js'

const counter = { kind: 'counter', name: 'bytes_total', help: 'B', labels: { a: {} } } as const
const table = { bytes: counter, speed: { kind: 'rate', name: 'speed', help: 'S', of: 'bytes' } } as const

describe('rate', () => {
  test('is the speed of its counter between passes, per second, under the same labels', async () => {
    const { instruments, memory, clock, pass } = await startProbe(table)
    await clock.advance(1_000)
    await pass(() => instruments.bytes.inc({ a: 'x' }, 1_000))
    expect(memory.value('speed', { a: 'x' })).toBe(0)
    await clock.advance(2_000)
    await pass(() => instruments.bytes.inc({ a: 'x' }, 500))
    expect(memory.value('speed', { a: 'x' })).toBe(250)
    await clock.advance(4_000)
    await pass(() => {})
    expect(memory.value('speed', { a: 'x' })).toBe(0)
    expect(memory.read({ names: new Set(['speed']) })[0]?.kind).toBe('gauge')
  })

  test('is not taken anew within its window', async () => {
    const { instruments, memory, clock, pass } = await startProbe(table)
    await clock.advance(1_000)
    await pass(() => instruments.bytes.inc({ a: 'x' }))
    await clock.advance(1_000)
    await pass(() => instruments.bytes.inc({ a: 'x' }, 10))
    await clock.advance(999)
    await pass(() => instruments.bytes.inc({ a: 'x' }, 10))
    expect(memory.value('speed', { a: 'x' })).toBe(10)
  })

  test('of a series that is new, or took the place of another, is 0 at first and never negative', async () => {
    const { instruments, memory, clock, pass } = await startProbe(table)
    await clock.advance(1_000)
    await pass(() => instruments.bytes.inc({ a: 'old' }, 1_000))
    await clock.advance(1_000)
    await pass(() => {
      instruments.bytes.remove({ a: 'old' })
      instruments.bytes.inc({ a: 'new' }, 5)
    })
    expect(memory.value('speed', { a: 'new' })).toBe(0)
    expect(memory.series('speed', { a: 'old' })).toBeUndefined()
    await clock.advance(1_000)
    await pass(() => instruments.bytes.inc({ a: 'new' }, 5))
    expect(memory.value('speed', { a: 'new' })).toBe(5)
  })

  test('goes by the monotonic clock', async () => {
    const { instruments, memory, clock, pass } = await startProbe(table)
    await clock.advance(1_000)
    await pass(() => instruments.bytes.inc({ a: 'x' }))
    clock.jump(-3_600_000)
    await clock.advance(1_000)
    await pass(() => instruments.bytes.inc({ a: 'x' }, 10))
    expect(memory.value('speed', { a: 'x' })).toBe(10)
  })

  test('follows the views of its counter, and goes when it is switched off', async () => {
    const merged = await startProbe(table, { views: [{ match: 'bytes_total', dropLabels: ['a'] }] })
    await merged.pass(() => merged.instruments.bytes.inc({ a: 'x' }))
    await merged.clock.advance(1_000)
    await merged.pass(() => ['x', 'y'].forEach((a) => merged.instruments.bytes.inc({ a }, 10)))
    expect(merged.memory.value('speed')).toBe(21)
    for (const match of ['speed', 'bytes_total']) {
      const { memory } = await startRecording(table, { views: [{ match, metric: 'off' }] })
      expect(memory.read({ names: new Set(['speed']) }), match).toEqual([])
    }
  })

  test('of something that is no counter of its table is refused', async () => {
    for (const of of ['nothing', 'speed', 'constructor', '__proto__'])
      await expect(startRecording({ ...table, speed: { ...table.speed, of } }), of).rejects.toMatchObject({
        code: 'REGISTRATION_INVALID_DEFINITION',
        message: `plugin "app": instrument "speed": of was "${of}", expected the key of a counter in the same table`,
      })
  })

  test('that is defined later, without a table, is refused', async () => {
    const { context } = await startProbe({ bytes: counter })
    expect(() => context.define({ kind: 'rate', name: 'speed', help: 'S', of: 'bytes' })).toThrow(
      expect.objectContaining({ code: 'REGISTRATION_INVALID_DEFINITION' }),
    )
  })
})
