import { BoundedNames } from '@tidegauge/attach'
import { LogOnce } from '@tidegauge/core'
import { loggerInto } from '@tidegauge/testkit'
import { expect, it } from 'vitest'

function names(max: number, option?: string) {
  const log: string[] = []
  const logOnce = new LogOnce()
  logOnce.useLogger(loggerInto(log))
  const bounded = new BoundedNames({ max, what: 'protocols', logOnce, ...(option && { option }) })
  return { log, namesOf: (...given: unknown[]) => given.map((name) => bounded.nameOf(name)) }
}

it('keeps the first names for ever, and makes "other" of each further one', () => {
  const { namesOf } = names(2)
  expect(namesOf('a', 'b', 'c', 'a', 'c')).toEqual(['a', 'b', 'other', 'a', 'other'])
})

it('does not count "other" and what is not a name, and takes names of Object.prototype', () => {
  const { namesOf } = names(2)
  expect(namesOf('', 'other', 5, undefined, '__proto__', 'toString', 'b')).toEqual([
    'other',
    'other',
    'other',
    'other',
    '__proto__',
    'toString',
    'other',
  ])
})

it('logs once that there are more names than the maximum, and how to raise it', () => {
  const { namesOf, log } = names(1, 'maxProtocols')
  namesOf('a', 'other', '')
  expect(log).toEqual([])
  namesOf('b', 'c', 'b')
  expect(log).toEqual([
    'warn more than 1 protocols: further ones are counted as "other" (option maxProtocols)',
  ])
})
