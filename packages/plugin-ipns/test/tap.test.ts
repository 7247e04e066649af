/* oxlint-disable unicorn/no-thenable -- promises of other makes are what is tested */
import { UndoList } from '@tidegauge/attach'
import { LogOnce } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { Taps, type CallObserver } from '../src/helia/tap.js'

class Counter {
  count = 0
  add(by: number): number {
    this.count += by
    return this.count
  }
  async later(fails: boolean): Promise<string> {
    if (fails) throw new Error('later')
    return 'done'
  }
  async *steps(last?: Error): AsyncGenerator<number, string, number | undefined> {
    const received = (yield 1) ?? 0
    yield received
    if (last !== undefined) throw last
    return 'end'
  }
  now(): never {
    throw new Error('now')
  }
}

function followed(method: string, more?: CallObserver) {
  const counter = new Counter()
  const undo = new UndoList()
  const logOnce = new LogOnce()
  const taps = new Taps(logOnce, undo)
  const seen: unknown[] = []
  const observer: CallObserver = (args) => {
    seen.push(['called', ...args])
    return { ended: (ok) => seen.push(['ended', ok]), yielded: (value) => seen.push(['yielded', value]) }
  }
  taps.follow(counter, method, more ?? observer)
  return { counter, undo, taps, seen, observer, logOnce }
}

describe('a method that is followed', () => {
  it('keeps its this, its arguments and what it returns', async () => {
    const { counter, seen, undo } = followed('add')
    expect([counter.add(2), counter.add(3), counter.count]).toEqual([2, 5, 5])
    expect(Object.keys(counter)).toEqual(['count'])
    await Promise.resolve()
    expect(seen).toEqual([
      ['called', 2],
      ['called', 3],
      ['ended', true],
      ['ended', true],
    ])
    undo.run()
    expect(Object.hasOwn(counter, 'add')).toBe(false)
    expect(counter.add).toBe(Counter.prototype.add)
  })

  it('settles as before, when its end has been told', async () => {
    const { counter, seen } = followed('later')
    await expect(counter.later(false)).resolves.toBe('done')
    await expect(counter.later(true)).rejects.toThrow('later')
    expect(seen).toEqual([
      ['called', false],
      ['ended', true],
      ['called', true],
      ['ended', false],
    ])
  })

  it('leaves a rejection that nobody handles unhandled', async () => {
    const unhandled: unknown[] = []
    const before = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (reason) => unhandled.push(String(reason)))
    try {
      const { counter, seen } = followed('later')
      void counter.later(true)
      await expect.poll(() => unhandled).toEqual(['Error: later'])
      expect(seen.at(-1)).toEqual(['ended', false])
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of before) process.on('unhandledRejection', listener)
    }
  })

  it('that returns a promise which works when it is asked works once', async () => {
    const { taps, seen, observer } = followed('add')
    let works = 0
    const lazy = {
      put: () => ({
        then: (done: (value: string) => void) => {
          works++
          done('done')
        },
      }),
    }
    taps.follow(lazy, 'put', observer)
    await lazy.put()
    expect([works, seen.at(-1)]).toEqual([1, ['ended', true]])
  })

  it('throws what it threw, and is told of it afterwards', async () => {
    const { counter, seen } = followed('now')
    expect(() => counter.now()).toThrow('now')
    expect(seen).toEqual([['called']])
    await Promise.resolve()
    expect(seen).toEqual([['called'], ['ended', false]])
  })

  it('iterates as before: values in, values out, the end and what it throws', async () => {
    const { counter, seen } = followed('steps')
    const steps = counter.steps()
    expect(Object.getPrototypeOf(Object.getPrototypeOf(steps))).toBe(
      Object.getPrototypeOf(Object.getPrototypeOf(new Counter().steps())),
    )
    expect(await steps.next(0)).toEqual({ done: false, value: 1 })
    expect(await steps.next(7)).toEqual({ done: false, value: 7 })
    expect(await steps.next(0)).toEqual({ done: true, value: 'end' })
    expect(seen.splice(0)).toEqual([['called'], ['yielded', 1], ['yielded', 7], ['ended', true]])
    const failing = counter.steps(new Error('broken'))
    await expect(
      (async () => {
        for await (const _ of failing);
      })(),
    ).rejects.toThrow('broken')
    expect(seen.splice(0).at(-1)).toEqual(['ended', false])
    for await (const _ of counter.steps()) break
    expect(seen.at(-1)).toEqual(['ended', false])
  })

  it('tells the end of an iteration once, whatever is asked of it afterwards', async () => {
    const { counter, seen } = followed('steps')
    const steps = counter.steps()
    for (let i = 0; i < 5; i++) await steps.next()
    await steps.return('left')
    await expect(steps.throw(new Error('late'))).rejects.toThrow('late')
    expect(seen.filter((one) => (one as unknown[])[0] === 'ended')).toEqual([['ended', true]])
    const given = counter.steps()
    await given.next()
    await expect(given.throw(new Error('given up'))).rejects.toThrow('given up')
    expect(seen.at(-1)).toEqual(['ended', false])
  })

  it('may return what can be neither awaited nor changed', async () => {
    const { taps, seen, observer } = followed('add')
    const frozen = Object.freeze({ next: () => ({ done: true, value: 1 }) })
    const own = { list: () => frozen }
    taps.follow(own, 'list', observer)
    expect(own.list()).toBe(frozen)
    await Promise.resolve()
    expect(seen).toEqual([['called'], ['ended', true]])
  })

  it('is not disturbed by an observer that throws, which is told once', async () => {
    const { counter, logOnce } = followed('add', () => {
      throw new Error('mistake')
    })
    expect([counter.add(1), counter.add(1)]).toEqual([1, 2])
    const ending = followed('later', () => ({
      ended: () => {
        throw new Error('at the end')
      },
    }))
    await expect(ending.counter.later(false)).resolves.toBeDefined()
    const told: string[] = []
    const speak = (message: string) => void told.push(message)
    const logger = { debug: speak, info: speak, warn: speak, error: speak }
    logOnce.useLogger(logger)
    ending.logOnce.useLogger(logger)
    expect(told).toEqual([
      'following a record failed: Error: mistake',
      'following a record failed: Error: at the end',
    ])
  })

  it('is wrapped once for two that follow it, until both have left', () => {
    const { counter, undo } = followed('add')
    const first = counter.add
    const other = new UndoList()
    new Taps(new LogOnce(), other).follow(counter, 'add', () => undefined)
    expect(counter.add).toBe(first)
    undo.run()
    expect(counter.add).toBe(first)
    other.run()
    expect(Object.hasOwn(counter, 'add')).toBe(false)
  })

  it('is followed anew after it was left while somebody else had put theirs over it', () => {
    const { counter, undo, taps, observer, seen } = followed('add')
    const ours = counter.add
    counter.add = function (by) {
      return ours.call(this, by)
    }
    undo.run()
    // theirs is taken off again
    counter.add = ours
    counter.add(1)
    expect(seen).toEqual([])
    taps.follow(counter, 'add', observer)
    counter.add(2)
    expect(seen).toEqual([['called', 2]])
    undo.run()
    expect(counter.add).toBe(ours)
  })

  it('is followed once however often that is asked, and not when there is none', () => {
    const { counter, taps, observer, seen } = followed('add')
    expect(taps.follow(counter, 'add', observer)).toBe(true)
    expect(taps.follow(counter, 'subtract', observer)).toBe(false)
    counter.add(1)
    expect(seen).toHaveLength(1)
  })
})
