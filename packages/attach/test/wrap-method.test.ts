import { wrapMethod } from '@tidegauge/attach'
import { describe, expect, it } from 'vitest'

describe('a wrapped method', () => {
  it('gives its wrapper the arguments and the result to decide on, and is restored', () => {
    class Source {
      #factor = 2
      times(n: number): number {
        return n * this.#factor
      }
    }
    const source = new Source()
    const seen: unknown[] = []
    const restore = wrapMethod(source, 'times', (call, args) => {
      seen.push(...args)
      return call()
    })
    expect([source.times(3), source.times.name, source.times.length]).toEqual([6, 'times', 1])
    const kept = source.times
    restore()
    expect([source.times(4), Object.hasOwn(source, 'times')]).toEqual([8, false])
    // a kept reference to the wrapped method still calls the original
    expect([kept.call(source, 5), seen]).toEqual([10, [3]])
  })
})
