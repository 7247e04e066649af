import { createTidegauge, definePlugin, type Gauge } from '@tidegauge/core'
import { createManualClock, createMemoryTransport } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

const instruments = {
  own: { kind: 'gauge', name: 'own', help: 'Set by the pass' },
  other: { kind: 'gauge', name: 'other', help: 'Set by an event' },
} as const

/** A host with one plugin whose pass the test writes. */
async function openHost(collect: (pass: number, own: Gauge) => void | Promise<void>) {
  const clock = createManualClock()
  const memory = createMemoryTransport()
  let pass = 0
  let other!: Gauge
  const plugin = definePlugin({
    name: 'probe',
    version: '1.0.0',
    apiLevel: 1,
    instruments,
    start: (context) => void (other = context.instruments.other),
    collect: (context) => collect(++pass, context.instruments.own),
  })
  const host = createTidegauge({ clock, selfMetrics: 'off', logger: 'silent' })
    .use(plugin, { intervalMs: 1_000, jitterRatio: 0, maxAgeMs: 0, timeoutMs: 100 })
    .export(memory)
  const started = host.start()
  await clock.advance(200)
  await started
  return { host, clock, memory, other }
}

describe('a gauge that is set while a pass runs', () => {
  test('by an event, is not taken for the pass’s own and stays after the next (issue 10, 18)', async () => {
    let finish = (): void => {}
    const { clock, memory, other } = await openHost((pass) =>
      pass === 2 ? new Promise<void>((resolve) => (finish = resolve)) : undefined,
    )
    await clock.advance(850)
    other.set(5)
    finish()
    await clock.advance(3_000)
    expect(memory.value('other')).toBe(5)
  })

  test('by the pass itself after an await, disappears when the next does not set it', async () => {
    const { clock, memory } = await openHost(async (pass, own) => {
      await Promise.resolve()
      if (pass === 2) own.set(1)
    })
    await clock.advance(800)
    expect(memory.value('own')).toBe(1)
    await clock.advance(1_000)
    expect(memory.value('own')).toBeUndefined()
  })
})

test('a gauge that a late pass still sets disappears with the next that goes well (issue 10, 18)', async () => {
  const { clock, memory } = await openHost(async (pass, own) => {
    if (pass !== 2) return
    await new Promise<void>((resolve) => void clock.after(400, resolve))
    own.set(7)
  })
  await clock.advance(800 + 450)
  expect(memory.value('own')).toBe(7)
  await clock.advance(5_000)
  expect(memory.value('own')).toBeUndefined()
})
