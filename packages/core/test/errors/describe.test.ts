import { describeThrown, describeValue } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'

const hostile = {
  inspect: {
    [Symbol.for('nodejs.util.inspect.custom')]: () => {
      throw new Error('no')
    },
  },
  proxy: new Proxy(
    {},
    {
      get: () => {
        throw new Error('no')
      },
      getPrototypeOf: () => {
        throw new Error('no')
      },
    },
  ),
}

class GetterError extends Error {
  override get message(): string {
    throw new Error('no')
  }
}

describe('a described value', () => {
  test('is short and on one line', () => {
    expect(describeValue('a\nb\u2028c"')).toBe('"a\\nb c\\""')
    expect(describeValue({ a: [1, { b: 2 }] })).toBe('{ a: [ 1, [Object] ] }')
    expect(describeValue(() => 5)).toBe('a function')
    expect([undefined, null, 5n, Number.NaN, Symbol('s')].map(describeValue)).toEqual([
      'undefined',
      'null',
      '5n',
      'NaN',
      'Symbol(s)',
    ])
    expect(describeValue('x'.repeat(1_000))).toHaveLength(120)
    expect(describeValue(Array(1_000).fill('a\n'))).not.toContain('\n')
  })

  test('is something also for what refuses to be looked at', () => {
    expect(describeValue(hostile.inspect)).toBe('something that cannot be printed')
    expect(typeof describeValue(hostile.proxy)).toBe('string')
  })
})

describe('anything that was thrown', () => {
  test('is reported by its message, on one line, without control characters', () => {
    expect(describeThrown(new Error('a\u001B[31m\r\nb'))).toBe('a [31m b')
    expect(describeThrown(new TypeError(''))).toBe('TypeError')
  })

  test('keeps the advice of a long message, and not more than four hundred characters', () => {
    const advice = `${'x'.repeat(300)}; pass the node as the option helia`
    expect(describeThrown(new Error(advice))).toBe(advice)
    expect(describeThrown(new Error('x'.repeat(1_000)))).toHaveLength(400)
  })

  test('is reported also when it is no error', () => {
    expect([undefined, 'text', 5, { code: 'X' }].map(describeThrown)).toEqual([
      'undefined',
      '"text"',
      '5',
      "{ code: 'X' }",
    ])
  })

  test('is reported also when it throws itself', () => {
    const odd = [
      new GetterError(),
      hostile.inspect,
      hostile.proxy,
      Object.assign(new Error('x'), { message: {} }),
    ]
    for (const thrown of odd) expect(typeof describeThrown(thrown)).toBe('string')
  })
})
