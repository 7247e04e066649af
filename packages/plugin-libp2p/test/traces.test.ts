import { describe, expect, it } from 'vitest'
import { libp2p, type MetricsLike, type TraceObserver } from '../src/index.js'

interface Heard {
  readonly name: string
  readonly args: readonly unknown[]
  readonly steps: unknown[][]
}

/** An observer that writes down everything. */
function listen(): { heard: Heard[]; observer: TraceObserver } {
  const heard: Heard[] = []
  return {
    heard,
    observer(name, args) {
      const steps: unknown[][] = []
      heard.push({ name, args, steps })
      return {
        yielded: (value) => steps.push(['yielded', value]),
        returned: (value) => steps.push(['returned', value]),
        threw: (error) => steps.push(['threw', (error as Error).message]),
      }
    },
  }
}

// with an observer and without one, callers must not see a difference
describe.each([
  { what: 'a traced function', observed: false },
  { what: 'a traced function that is observed', observed: true },
])('$what', ({ observed }) => {
  function setUp(): { trace: MetricsLike['traceFunction']; heard: Heard[] } {
    const plugin = libp2p()
    const { heard, observer } = listen()
    if (observed) plugin.onTrace(observer)
    return { trace: (name, fn) => plugin.metrics.traceFunction(name, fn), heard }
  }
  const expectSteps = (heard: Heard[], ...expected: unknown[][]): void =>
    expect(heard.map(({ steps }) => steps)).toEqual(observed ? [expected] : [])

  it('returns, throws and keeps its this', () => {
    const { trace, heard } = setUp()
    const object = {
      factor: 3,
      times: trace('times', function (this: { factor: number }, n: number) {
        return this.factor * n
      }),
    }
    expect(object.times(4)).toBe(12)
    expectSteps(heard, ['returned', 12])
    const { trace: other } = setUp()
    expect(() =>
      other('bad', () => {
        throw new Error('bad')
      })(),
    ).toThrow('bad')
    const named = trace('named', function original(_a: number, _b: number) {})
    expect([named.name, named.length]).toEqual(['original', 2])
  })

  it('keeps and breaks its promises', async () => {
    const { trace, heard } = setUp()
    await expect(trace('later', async (n: number) => n + 1)(1)).resolves.toBe(2)
    expectSteps(heard, ['returned', 2])
    const failing = setUp()
    await expect(
      failing.trace('fails', async () => {
        throw new Error('late')
      })(),
    ).rejects.toThrow('late')
    expectSteps(failing.heard, ['threw', 'late'])
  })

  it('yields, ends, and can be ended early', async () => {
    const { trace, heard } = setUp()
    let cleaned = 0
    const source = trace('values', async function* () {
      try {
        yield 1
        yield 2
        yield 3
      } finally {
        cleaned++
      }
    })
    const got: number[] = []
    for await (const value of source()) {
      got.push(value)
      if (value === 2) break
    }
    expect(got).toEqual([1, 2])
    expect(cleaned).toBe(1)
    expectSteps(heard, ['yielded', 1], ['yielded', 2], ['returned', undefined])
  })

  it('hands on what a generator throws', async () => {
    const { trace, heard } = setUp()
    const source = trace('values', async function* () {
      yield 1
      throw new Error('cut')
    })
    const got: number[] = []
    await expect(async () => {
      for await (const value of source()) got.push(value)
    }).rejects.toThrow('cut')
    expect(got).toEqual([1])
    expectSteps(heard, ['yielded', 1], ['threw', 'cut'])
  })

  it('may be a generator that is not async, and may delegate', () => {
    const { trace, heard } = setUp()
    const inner = trace('inner', function* () {
      yield 'a'
      return 'end'
    })
    const outer = function* () {
      return yield* inner()
    }
    const run = outer()
    expect([run.next(), run.next()]).toEqual([
      { value: 'a', done: false },
      { value: 'end', done: true },
    ])
    expectSteps(heard, ['yielded', 'a'], ['returned', 'end'])
  })

  it('gives back the very generator', () => {
    const { trace } = setUp()
    const made: object[] = []
    const source = trace('values', () => {
      const generator = (async function* () {
        yield 1
      })()
      made.push(generator)
      return generator
    })
    expect(source()).toBe(made[0])
  })
})

describe('observers', () => {
  it('that throw disturb nobody', async () => {
    const plugin = libp2p()
    plugin.onTrace(() => {
      throw new Error('observer')
    })
    plugin.onTrace(() => ({
      returned() {
        throw new Error('observer')
      },
    }))
    expect(plugin.metrics.traceFunction('x', (n: number) => n)(5)).toBe(5)
    await expect(plugin.metrics.traceFunction('y', async (n: number) => n)(6)).resolves.toBe(6)
  })

  it('may come after the function was traced, and go again', () => {
    const plugin = libp2p()
    const { heard, observer } = listen()
    const traced = plugin.metrics.traceFunction('x', (n: number) => n)
    traced(1)
    const end = plugin.onTrace(observer)
    traced(2)
    end()
    traced(3)
    expect(heard.map(({ args }) => args)).toEqual([[2]])
  })
})
