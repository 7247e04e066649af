import { waitWithinPass } from '@tidegauge/attach'
import { systemClock, type CollectContext } from '@tidegauge/core'
import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { Calculation } from '../../src/modules/calculation.js'

function passOf(deadlineMs: number, signal = new AbortController().signal): CollectContext {
  return { instruments: {}, signal, deadlineMs }
}

const unexpected = (what: unknown): never => expect.fail(`not expected: ${String(what)}`)

describe('a calculation', () => {
  it('passes its result on at once when the function returns at once', () => {
    const taken: unknown[] = []
    const waiting = new Calculation(() => 7).run((result) => taken.push(result), unexpected)
    expect([waiting, taken]).toEqual([undefined, [7]])
  })

  it('does not call the function again before it has answered', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    let calls = 0
    const calculation = new Calculation(() => {
      calls++
      return promise
    })
    const taken: unknown[] = []
    const answer = calculation.run((result) => taken.push(result), unexpected)
    expect(calculation.run(unexpected, unexpected)).toBeUndefined()
    resolve(7)
    await answer
    void calculation.run((result) => taken.push(result), unexpected)
    expect([calls, taken]).toEqual([2, [7]])
  })

  it('reports what the function throws or rejects with', async () => {
    const failures: unknown[] = []
    const fail = (thrown: unknown): void => void failures.push(thrown)
    const throws = new Calculation(() => {
      throw new Error('thrown')
    })
    expect(throws.run(unexpected, fail)).toBeUndefined()
    await new Calculation(() => Promise.reject(new Error('rejected'))).run(unexpected, fail)
    expect(failures).toEqual([new Error('thrown'), new Error('rejected')])
  })
})

describe('waiting for answers', () => {
  it('ends when all have arrived', async () => {
    await waitWithinPass([Promise.resolve()], passOf(systemClock.monotonic() + 60_000), systemClock)
  })

  it('ends after half of the pass', async () => {
    const clock = createManualClock()
    let over = false
    const waiting = waitWithinPass([new Promise(() => {})], passOf(clock.monotonic() + 1_000), clock)
    void waiting.then(() => (over = true))
    await clock.advance(499)
    expect(over).toBe(false)
    await clock.advance(1)
    await waiting
  })

  it('ends when the pass is aborted', async () => {
    const pass = new AbortController()
    const waiting = waitWithinPass([new Promise(() => {})], passOf(1e12, pass.signal), createManualClock())
    pass.abort()
    await waiting
  })
})
