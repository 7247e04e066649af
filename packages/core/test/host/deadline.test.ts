/* oxlint-disable unicorn/no-thenable -- promises of other makes are what is tested */
import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { callWithin, waitAtMost } from '../../src/host/deadline.js'

class HostilePromise extends Promise<number> {
  static override get [Symbol.species](): PromiseConstructor {
    throw new Error('species')
  }
}

const thrower = () => {
  throw new Error('no')
}

describe('a call with a deadline', () => {
  test('that returns or throws ends at once', () => {
    const clock = createManualClock()
    expect(callWithin(clock, 10, () => 5)).toEqual({ ok: true, value: 5 })
    expect(callWithin(clock, 10, () => undefined)).toEqual({ ok: true, value: undefined })
    expect(callWithin(clock, 10, thrower)).toMatchObject({ ok: false, thrown: { message: 'no' } })
    expect(clock.pending).toBe(0)
  })

  test('that resolves or rejects ends then, and leaves no timer behind', async () => {
    const clock = createManualClock()
    expect(await callWithin(clock, 10, async () => 5)).toEqual({ ok: true, value: 5 })
    for (const thrown of [undefined, null, 'text', new Error('x')])
      expect(await callWithin(clock, 10, () => Promise.reject(thrown))).toEqual({ ok: false, thrown })
    expect(clock.pending).toBe(0)
  })

  test('that never ends is late, exactly at its time', async () => {
    const clock = createManualClock()
    let ending: unknown
    void Promise.resolve(callWithin(clock, 1_000, () => new Promise(() => {}))).then(
      (value) => (ending = value),
    )
    await clock.advance(999)
    expect(ending).toBeUndefined()
    await clock.advance(1)
    expect(ending).toBe('late')
  })

  test('that rejects after its time troubles nobody', async () => {
    const clock = createManualClock()
    let reject!: (reason: unknown) => void
    const call = callWithin(clock, 1_000, () => new Promise((_, no) => (reject = no)))
    await clock.advance(1_000)
    reject(new Error('too late'))
    expect(await call).toBe('late')
  })

  test('never rejects, whatever kind of promise it is given', async () => {
    const odd: unknown[] = [
      { then: (resolve: (value: number) => void) => resolve(5) },
      { then: (_: unknown, reject: (reason: unknown) => void) => reject(new Error('x')) },
      { then: thrower },
      { then: 5 },
      Object.defineProperty({}, 'then', { get: thrower }),
      new Proxy({}, { has: thrower, get: thrower, getPrototypeOf: thrower }),
      Object.defineProperty(Promise.resolve(5), 'constructor', { get: thrower }),
      HostilePromise.resolve(5),
      { then: (resolve: (value: number) => void) => (resolve(5), resolve(6), thrower()) },
    ]
    for (const [i, promise] of odd.entries()) {
      const clock = createManualClock()
      const ending = await callWithin(clock, 10, () => promise)
      expect(ending, `case ${i}`).toHaveProperty('ok')
      expect(clock.pending, `case ${i}`).toBe(0)
    }
  })

  test('that waits for a promise goes on when that rejects', async () => {
    await waitAtMost(createManualClock(), 10, Promise.reject(new Error('x')))
  })
})
