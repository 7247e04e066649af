import { observeGenerator } from '@tidegauge/attach'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '@tidegauge/testkit'

type Step = 'next' | 'return' | 'throw'

function observe() {
  const observed: unknown[] = []
  return {
    observed,
    observer: {
      requested: () => void observed.push('requested'),
      yielded: (value: unknown) => void observed.push(value),
      ended: (outcome: string) => void observed.push(outcome),
    },
  }
}

/** What a caller sees of a generator that it drives by some steps, and what the generator saw. */
async function drive(follow: boolean, steps: readonly Step[], values: readonly number[], stubborn: boolean) {
  const seen: unknown[] = []
  async function* work(): AsyncGenerator<number, string, unknown> {
    try {
      for (const value of values) seen.push(['sent', yield value])
      return 'done'
    } catch (thrown) {
      seen.push(['caught', String(thrown)])
      throw thrown
    } finally {
      seen.push('cleaned up')
      if (stubborn) yield -1
    }
  }
  const generator = work()
  const { observer, observed } = observe()
  if (follow) expect(observeGenerator(generator, observer)).toBe(true)
  // all at once: a generator takes its requests one after the other by itself
  const answers = steps.map((step, i) => generator[step](`${step} ${i}`))
  const settled = await Promise.allSettled(answers)
  return {
    seen,
    observed,
    settled: settled.map((each) => ({ ...each, reason: String((each as any).reason) })),
  }
}

it('changes nothing that its caller or the generator sees, however it is driven', async () => {
  const step = fc.constantFrom<Step>('next', 'next', 'next', 'return', 'throw')
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 4 }),
      fc.boolean(),
      async (...args) => {
        const plain = await drive(false, ...args)
        const wrapped = await drive(true, ...args)
        expect(wrapped.seen).toEqual(plain.seen)
        expect(wrapped.settled).toEqual(plain.settled)
        const given = plain.settled.flatMap((each: any) =>
          each.value?.done === false ? [each.value.value] : [],
        )
        expect(wrapped.observed.filter((each) => typeof each === 'number')).toEqual(given)
        expect(wrapped.observed.filter((each) => each === 'requested').length).toBe(
          args[0].filter((each) => each === 'next').length,
        )
      },
    ),
    { numRuns: runs(300) },
  )
})

describe('an observed generator', () => {
  it('stays the same object, with nothing that shows', () => {
    const generator = (async function* () {})()
    const { observer } = observe()
    observeGenerator(generator, observer)
    expect(Object.keys(generator)).toEqual([])
    expect(generator[Symbol.asyncIterator]()).toBe(generator)
    expect(Object.prototype.toString.call(generator)).toBe('[object AsyncGenerator]')
  })

  it('works only as far as its caller asks', async () => {
    let made = 0
    async function* work() {
      for (;;) yield made++
    }
    const generator = work()
    observeGenerator(generator, observe().observer)
    await generator.next()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(made).toBe(1)
  })

  it('has its cleaning up done when its caller leaves the loop, before the loop goes on', async () => {
    const order: string[] = []
    async function* work() {
      try {
        yield 1
        yield 2
      } finally {
        await Promise.resolve()
        order.push('cleaned up')
      }
    }
    const generator = work()
    const { observer, observed } = observe()
    observeGenerator(generator, observer)
    for await (const _ of generator) break
    order.push('after')
    expect(order).toEqual(['cleaned up', 'after'])
    expect(observed).toEqual(['requested', 1, 'left'])
  })

  it('leaves a rejection that nobody handles unhandled', async () => {
    const unhandled: unknown[] = []
    const before = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (reason) => unhandled.push(reason))
    try {
      const failure = new Error('nobody looks')
      async function* work(): AsyncGenerator<number> {
        yield await Promise.reject(failure)
      }
      const generator = work()
      observeGenerator(generator, observe().observer)
      void generator.next()
      await expect.poll(() => unhandled).toEqual([failure])
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const observer of before) process.on('unhandledRejection', observer)
    }
  })
})

it('follows what has no return and no throw, and answers at once', () => {
  let left = 2
  const iterator = {
    next: () => (left-- > 0 ? { done: false, value: left } : { done: true, value: undefined }),
  }
  const { observer, observed } = observe()
  expect(observeGenerator(iterator, observer)).toBe(true)
  expect([iterator.next(), iterator.next(), iterator.next()]).toEqual([
    { done: false, value: 1 },
    { done: false, value: 0 },
    { done: true, value: undefined },
  ])
  expect(observed).toEqual(['requested', 1, 'requested', 0, 'requested', 'complete'])
})

it.each([undefined, null, 7, 'text', {}, Promise.resolve()])('refuses %s', (value) => {
  expect(observeGenerator(value, observe().observer)).toBe(false)
})
