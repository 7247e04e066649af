import { createManualClock, flushPromises } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

describe('manual clock', () => {
  test('stands still until it is moved', async () => {
    const clock = createManualClock(5_000)
    await flushPromises()
    expect([clock.now(), clock.monotonic()]).toEqual([5_000, 0])
    await clock.advance(250)
    expect([clock.now(), clock.monotonic()]).toEqual([5_250, 250])
  })

  test('calls what falls due, in order, each at its own time', async () => {
    const clock = createManualClock()
    const calls: [string, number][] = []
    const note = (name: string) => () => void calls.push([name, clock.monotonic()])
    clock.after(20, note('late'))
    clock.after(10, note('early'))
    clock.after(10, note('also early'))
    clock.after(31, note('never'))
    await clock.advance(30)
    expect(calls).toEqual([
      ['early', 10],
      ['also early', 10],
      ['late', 20],
    ])
    expect(clock.pending).toBe(1)
  })

  test('calls timers that were made on the way, also by promises', async () => {
    const clock = createManualClock()
    const times: number[] = []
    const tick = async () => {
      times.push(clock.monotonic())
      await Promise.resolve()
      clock.after(10, () => void tick())
    }
    clock.after(10, () => void tick())
    await clock.advance(35)
    expect(times).toEqual([10, 20, 30])
  })

  test('does not call what was cancelled', async () => {
    const clock = createManualClock()
    let called = false
    const cancel = clock.after(10, () => (called = true))
    cancel()
    cancel()
    await clock.advance(100)
    expect([called, clock.pending]).toEqual([false, 0])
  })

  test('jumps the wall clock alone, either way', async () => {
    const clock = createManualClock(10_000)
    let called = false
    clock.after(10, () => (called = true))
    clock.jump(3_600_000)
    await clock.advance(5)
    expect([clock.now(), clock.monotonic(), called]).toEqual([3_610_005, 5, false])
    clock.jump(-3_600_000)
    expect(clock.now()).toBe(10_005)
  })
})
