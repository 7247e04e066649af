import { followGenerator } from '@tidegauge/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../../tools/test/runs.ts'

type Step = 'next' | 'return' | 'throw'

function listen() {
  const heard: unknown[] = []
  return {
    heard,
    listener: {
      asked: () => void heard.push('asked'),
      gave: (value: unknown) => void heard.push(value),
      ended: (isWhole: boolean) => void heard.push(isWhole ? 'ended' : 'left'),
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
  const { listener, heard } = listen()
  if (follow) expect(followGenerator(generator, listener)).toBe(true)
  // all at once: a generator takes its requests one after the other by itself
  const answers = steps.map((step, i) => generator[step](`${step} ${i}`))
  const settled = await Promise.allSettled(answers)
  return { seen, heard, settled: settled.map((each) => ({ ...each, reason: String((each as any).reason) })) }
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
        const followed = await drive(true, ...args)
        expect(followed.seen).toEqual(plain.seen)
        expect(followed.settled).toEqual(plain.settled)
        const given = plain.settled.flatMap((each: any) =>
          each.value?.done === false ? [each.value.value] : [],
        )
        expect(followed.heard.filter((each) => typeof each === 'number')).toEqual(given)
        expect(followed.heard.filter((each) => each === 'asked').length).toBe(
          args[0].filter((each) => each === 'next').length,
        )
      },
    ),
    { numRuns: runs(300) },
  )
})

describe('a generator that is followed', () => {
  it('stays the same object, with nothing that shows', () => {
    const generator = (async function* () {})()
    const { listener } = listen()
    followGenerator(generator, listener)
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
    followGenerator(generator, listen().listener)
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
    const { listener, heard } = listen()
    followGenerator(generator, listener)
    for await (const _ of generator) break
    order.push('after')
    expect(order).toEqual(['cleaned up', 'after'])
    expect(heard).toEqual(['asked', 1, 'left'])
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
      followGenerator(generator, listen().listener)
      void generator.next()
      await expect.poll(() => unhandled).toEqual([failure])
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of before) process.on('unhandledRejection', listener)
    }
  })
})

it('follows what has no return and no throw, and answers at once', () => {
  let left = 2
  const iterator = {
    next: () => (left-- > 0 ? { done: false, value: left } : { done: true, value: undefined }),
  }
  const { listener, heard } = listen()
  expect(followGenerator(iterator, listener)).toBe(true)
  expect([iterator.next(), iterator.next(), iterator.next()]).toEqual([
    { done: false, value: 1 },
    { done: false, value: 0 },
    { done: true, value: undefined },
  ])
  expect(heard).toEqual(['asked', 1, 'asked', 0, 'asked', 'ended'])
})

it.each([undefined, null, 7, 'text', {}, Promise.resolve()])('refuses %s', (value) => {
  expect(followGenerator(value, listen().listener)).toBe(false)
})
