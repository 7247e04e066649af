import type { InstrumentDefinition } from '@tidegauge/core'
import { lintNames } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'

const lint = (kind: string, name: string, more: object = {}, exceptions?: ReadonlySet<string>) =>
  lintNames({ x: { kind, name, help: 'H', ...more } as InstrumentDefinition }, exceptions)

describe('name lint', () => {
  test.each([
    ['counter', 'x', 'is a counter and does not end in _total'],
    ['gauge', 'x_total', 'ends in _total and is a gauge'],
    ['info', 'x', 'is an info and does not end in _info'],
    ['gauge', 'a:b', 'has a colon, which is for recording rules'],
    ['gauge', 'xY', 'has capital letters'],
    ['gauge', 'x_sum', 'ends in a suffix that the formats add'],
    ['gauge', 'x_milliseconds', 'says milliseconds, expected seconds'],
    ['gauge', 'x_percent', 'says percent, expected ratio'],
    ['histogram', 'x_histogram', 'has its kind in its name: histogram'],
  ])('finds a issue in the %s %s', (kind, name, issue) => {
    expect(lint(kind, name)).toEqual([`${name}: ${issue}`])
  })

  test('finds missing help and labels that are not snake_case', () => {
    expect(lint('gauge', 'x', { help: '', labels: { peerId: {}, ok: {}, _x: {} } })).toEqual([
      'x: has no help',
      'x: label peerId is not snake_case',
      'x: label _x is not snake_case',
    ])
  })

  test('lists every issue of a name', () => {
    expect(lint('counter', 'X_ms')).toHaveLength(3)
  })

  test('lets good names and listed exceptions pass', () => {
    expect(lint('counter', 'x_bytes_total')).toEqual([])
    expect(lint('gauge', 'constructor')).toEqual([])
    expect(lint('gauge', 'x_total', {}, new Set(['x_total']))).toEqual([])
  })
})
