import { hearOutcome, peek, peekMethod, tapMethod } from '@tidegauge/core'
import { describe, expect, it, onTestFinished } from 'vitest'

function listen() {
  const heard: unknown[] = []
  return {
    heard,
    listener: { kept: (value: unknown) => void heard.push(value), broken: () => void heard.push('broken') },
  }
}

describe('the outcome of a call', () => {
  it('is heard at once when it is no promise, and returned as it is', () => {
    const { heard, listener } = listen()
    const result = { a: 1 }
    expect(hearOutcome(() => result, listener)).toBe(result)
    expect(heard).toEqual([result])
  })

  it('is heard and thrown on when the call throws', () => {
    const { heard, listener } = listen()
    const fails = (): never => {
      throw new Error('no')
    }
    expect(() => hearOutcome(fails, listener)).toThrow('no')
    expect(heard).toEqual(['broken'])
  })

  it('is heard before the caller sees it when it is a promise', async () => {
    const { heard, listener } = listen()
    expect(await hearOutcome(() => Promise.resolve(7), listener)).toBe(7)
    await expect(hearOutcome(() => Promise.reject(new Error('no')), listener)).rejects.toThrow('no')
    expect(heard).toEqual([7, 'broken'])
  })

  it('leaves a rejection that nobody handles unhandled', async () => {
    const unhandled: unknown[] = []
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => {
      process.off('unhandledRejection', note)
      for (const other of others) process.on('unhandledRejection', other)
    })
    const error = new Error('nobody cares')
    void hearOutcome(() => Promise.reject(error), listen().listener)
    await expect.poll(() => unhandled).toEqual([error])
  })
})

describe('a tap on a method', () => {
  it('sees the arguments, decides what the caller gets, and is taken off again', () => {
    class Source {
      #factor = 2
      times(n: number): number {
        return n * this.#factor
      }
    }
    const source = new Source()
    const seen: unknown[] = []
    const takeOff = tapMethod(source, 'times', (call, args) => {
      seen.push(...args)
      return call()
    })
    expect([source.times(3), source.times.name, source.times.length]).toEqual([6, 'times', 1])
    const kept = source.times
    takeOff()
    expect([source.times(4), Object.hasOwn(source, 'times')]).toEqual([8, false])
    // who keeps the tapped method still gets through, and nobody listens
    expect([kept.call(source, 5), seen]).toEqual([10, [3]])
  })
})

describe('a look at a foreign object', () => {
  it('finds nothing where there is no object, no property, or a getter that throws', () => {
    const throwing = {
      get libp2p(): never {
        throw new Error('not started')
      },
    }
    expect([peek(undefined, 'a'), peek('text', 'length'), peek({}, 'a'), peek(throwing, 'libp2p')]).toEqual(
      Array(4).fill(undefined),
    )
    expect([peek({ a: 1 }, 'a'), peekMethod({ a: 1 }, 'a')]).toEqual([1, undefined])
  })
})
