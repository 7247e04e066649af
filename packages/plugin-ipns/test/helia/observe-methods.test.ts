/* oxlint-disable unicorn/no-thenable -- promises that are not of the class Promise are tested here */
import { UndoList } from '@tidegauge/attach'
import { LogOnce } from '@tidegauge/core'
import { loggerInto } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { MethodObservers, type OnCall } from '../../src/helia/observe-methods.js'

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

function observed(method: string, more?: OnCall) {
  const counter = new Counter()
  const undo = new UndoList()
  const logOnce = new LogOnce()
  const observers = new MethodObservers(logOnce, undo)
  const seen: unknown[] = []
  const onCall: OnCall = (args) => {
    seen.push(['called', ...args])
    return { ended: (ok) => seen.push(['ended', ok]), yielded: (value) => seen.push(['yielded', value]) }
  }
  observers.observe(counter, method, more ?? onCall)
  return { counter, undo, observers, seen, onCall, logOnce }
}

describe('an observed method', () => {
  it('keeps its this, its arguments and its result', async () => {
    const { counter, seen, undo } = observed('add')
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

  it('settles as before, after its observers were called', async () => {
    const { counter, seen } = observed('later')
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
      const { counter, seen } = observed('later')
      void counter.later(true)
      await expect.poll(() => unhandled).toEqual(['Error: later'])
      expect(seen.at(-1)).toEqual(['ended', false])
    } finally {
      process.removeAllListeners('unhandledRejection')
      for (const listener of before) process.on('unhandledRejection', listener)
    }
  })

  it('calls the `then` of a lazy promise once', async () => {
    const { observers, seen, onCall } = observed('add')
    let works = 0
    const lazy = {
      put: () => ({
        then: (done: (value: string) => void) => {
          works++
          done('done')
        },
      }),
    }
    observers.observe(lazy, 'put', onCall)
    await lazy.put()
    expect([works, seen.at(-1)]).toEqual([1, ['ended', true]])
  })

  it('throws as before, and the observers are called afterwards', async () => {
    const { counter, seen } = observed('now')
    expect(() => counter.now()).toThrow('now')
    expect(seen).toEqual([['called']])
    await Promise.resolve()
    expect(seen).toEqual([['called'], ['ended', false]])
  })

  it('returns a generator that works as before: values in, values out, its end and its errors', async () => {
    const { counter, seen } = observed('steps')
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

  it('reports the end of a generator once, whatever is called afterwards', async () => {
    const { counter, seen } = observed('steps')
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

  it('may return a frozen generator', async () => {
    const { observers, seen, onCall } = observed('add')
    const frozen = Object.freeze({ next: () => ({ done: true, value: 1 }) })
    const own = { list: () => frozen }
    observers.observe(own, 'list', onCall)
    expect(own.list()).toBe(frozen)
    await Promise.resolve()
    expect(seen).toEqual([['called'], ['ended', true]])
  })

  it('is not disturbed by an observer that throws, which is logged once', async () => {
    const { counter, logOnce } = observed('add', () => {
      throw new Error('mistake')
    })
    expect([counter.add(1), counter.add(1)]).toEqual([1, 2])
    const ending = observed('later', () => ({
      ended: () => {
        throw new Error('at the end')
      },
    }))
    await expect(ending.counter.later(false)).resolves.toBeDefined()
    const log: string[] = []
    logOnce.useLogger(loggerInto(log))
    ending.logOnce.useLogger(loggerInto(log))
    expect(log).toEqual([
      'warn observing a record failed: Error: mistake',
      'warn observing a record failed: Error: at the end',
    ])
  })

  it('is wrapped once for two plugins, until both have left', () => {
    const { counter, undo } = observed('add')
    const first = counter.add
    const other = new UndoList()
    new MethodObservers(new LogOnce(), other).observe(counter, 'add', () => undefined)
    expect(counter.add).toBe(first)
    undo.run()
    expect(counter.add).toBe(first)
    other.run()
    expect(Object.hasOwn(counter, 'add')).toBe(false)
  })

  it('can be observed again after it was left while other code had wrapped it', () => {
    const { counter, undo, observers, onCall, seen } = observed('add')
    const ours = counter.add
    counter.add = function (by) {
      return ours.call(this, by)
    }
    undo.run()
    // the other wrapper goes away again
    counter.add = ours
    counter.add(1)
    expect(seen).toEqual([])
    observers.observe(counter, 'add', onCall)
    counter.add(2)
    expect(seen).toEqual([['called', 2]])
    undo.run()
    expect(counter.add).toBe(ours)
  })

  it('is observed once however often that is requested, and not when it does not exist', () => {
    const { counter, observers, onCall, seen } = observed('add')
    expect(observers.observe(counter, 'add', onCall)).toBe(true)
    expect(observers.observe(counter, 'subtract', onCall)).toBe(false)
    counter.add(1)
    expect(seen).toHaveLength(1)
  })
})
