import { describe, expect, test } from 'vitest'
import type { InstrumentDefinition } from '@tidegauge/core'
import { resolveDefinition } from '../../src/definition/resolve.js'

const where = { plugin: 'p', seriesLimit: 2_000, constantLabels: ['node'] }
const resolve = (definition: unknown) => resolveDefinition(definition as InstrumentDefinition, where)
const base = { name: 'x', help: 'X' }

describe('a resolved definition', () => {
  test('has every default filled in', () => {
    expect(resolve({ ...base, kind: 'histogram', labels: { a: ['1'], b: {} } })).toEqual({
      kind: 'histogram',
      name: 'x',
      dottedName: undefined,
      help: 'X',
      unit: undefined,
      labels: [{ name: 'a', values: ['1'] }, { name: 'b' }],
      hasOpenLabels: true,
      seriesLimit: 2_000,
      lifetime: 'event',
      reduce: 'sum',
      bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      quantiles: [],
      states: [],
      windowMs: 600_000,
      maxBuckets: 160,
      isTimer: false,
      cells: 13,
    })
  })

  test('keeps the dotted names of its labels and how a gauge is reduced', () => {
    const labels = { method: { dottedName: 'http.request.method' }, peer: ['a'] }
    expect(resolve({ ...base, kind: 'gauge', labels, reduce: 'mean' })).toMatchObject({
      labels: [
        { name: 'method', dottedName: 'http.request.method' },
        { name: 'peer', values: ['a'] },
      ],
      reduce: 'mean',
    })
  })

  test('has the kind that readers meet', () => {
    const kinds = (definition: object) => {
      const { kind, isTimer } = resolve({ ...base, ...definition })
      return [kind, isTimer]
    }
    expect(kinds({ kind: 'timer' })).toEqual(['histogram', true])
    expect(kinds({ kind: 'timer', over: 'summary' })).toEqual(['summary', true])
    expect(kinds({ kind: 'rate', of: 'c' })).toEqual(['gauge', false])
  })

  test('keeps as many numbers for a series as its kind needs', () => {
    const cells = (definition: object) => resolve({ ...base, ...definition }).cells
    expect(cells({ kind: 'histogram', bounds: [] })).toBe(2)
    expect(cells({ kind: 'state_set', states: ['a', 'b', 'c'] })).toBe(3)
    expect(cells({ kind: 'counter' })).toBe(1)
  })
})

describe('a definition', () => {
  test.each([
    [undefined, 'was undefined, expected an object'],
    [{ kind: 'counter', name: '1x', help: 'X' }, 'name was "1x", expected letters, digits, "_" and ":"'],
    [{ kind: 'counter', name: 'a b', help: 'X' }, 'name was "a b", expected letters, digits, "_" and ":"'],
    [{ kind: 'counter', name: 'a\n', help: 'X' }, 'name was "a\\n", expected letters, digits, "_" and ":"'],
    [{ kind: 'counter', name: 'x' }, 'help was undefined, expected a sentence'],
    [{ ...base, kind: 'constructor' }, 'kind was "constructor", expected one of counter, up_down_counter'],
    [
      { ...base, kind: 'state_set', name: 'a:b', states: ['a'] },
      'name was "a:b", expected no ":" and no leading "__" for a state set',
    ],
    [{ ...base, kind: 'counter', unit: 5 }, 'unit was 5, expected a string'],
    [{ ...base, kind: 'counter', dottedName: {} }, 'dottedName was {}, expected a string'],
    [
      { ...base, kind: 'gauge', reduce: 'median' },
      'reduce was "median", expected one of sum, max, min, mean',
    ],
    [{ ...base, kind: 'counter', reduce: 'max' }, 'reduce is not a field of a counter'],
    [{ ...base, kind: 'timer', over: 'gauge' }, 'over was "gauge", expected one of histogram'],
    [{ ...base, kind: 'gauge', lifetime: 'long' }, 'lifetime was "long", expected one of collect, event'],
    [{ ...base, kind: 'histogram', bounds: [1, 1] }, 'bounds was [ 1, 1 ], expected finite numbers in asc'],
    [{ ...base, kind: 'histogram', bounds: [1, Infinity] }, 'bounds was [ 1, Infinity ], expected finite'],
    [{ ...base, kind: 'histogram', bounds: 5 }, 'bounds was 5, expected finite'],
    [{ ...base, kind: 'summary', quantiles: [0.5, 1.1] }, 'quantiles was [ 0.5, 1.1 ], expected ascending'],
    [{ ...base, kind: 'state_set', states: [] }, 'states was [], expected a list of different strings'],
    [{ ...base, kind: 'state_set', states: ['a', 'a'] }, "states was [ 'a', 'a' ], expected a list of diff"],
    [{ ...base, kind: 'counter', seriesLimit: 0 }, 'seriesLimit was 0, expected an integer of 1 or more'],
    [{ ...base, kind: 'summary', windowMs: 0.5 }, 'windowMs was 0.5, expected an integer of 1 or more'],
    [{ ...base, kind: 'exponential_histogram', maxBuckets: 3 }, 'maxBuckets was 3, expected an integer of 4'],
  ])('%j is refused in words', (definition, words) => {
    expect(() => resolve(definition)).toThrow(
      expect.objectContaining({ code: 'REGISTRATION_INVALID_DEFINITION' }),
    )
    expect(() => resolve(definition)).toThrow(words)
  })

  test.each([
    ['counter', { 'a-b': {} }, 'label a-b was "a-b", expected a label name'],
    ['counter', { '': {} }, 'label  was "", expected a label name'],
    ['counter', { __name__: {} }, 'label __name__ was "__name__"'],
    ['histogram', { le: {} }, 'label le was "le"'],
    ['exponential_histogram', { le: {} }, 'label le was "le"'],
    ['summary', { quantile: {} }, 'label quantile was "quantile"'],
    ['state_set', { x: {} }, 'label x was "x"'],
    ['counter', { node: {} }, 'label node was "node"'],
    ['counter', { a: [] }, 'labels.a was [], expected a list of strings'],
    ['counter', { a: [1] }, 'labels.a was [ 1 ], expected a list of strings'],
    ['counter', { a: { dottedName: '' } }, 'labels.a.dottedName was "", expected a string that is not empty'],
    ['counter', { a: { dottedName: 5 } }, 'labels.a.dottedName was 5, expected a string'],
    ['counter', { a: { values: 'xy' } }, "labels.a was { values: 'xy' }, expected a list of strings"],
    [
      'counter',
      { a: { privacy: 'constructor' } },
      'labels.a.privacy was "constructor", expected one of peer_id',
    ],
    ['counter', ['a'], "labels was [ 'a' ], expected an object of label names"],
  ])('of a %s with the labels %j is refused in words', (kind, labels, words) => {
    expect(() => resolve({ ...base, kind, labels, states: ['on'] })).toThrow(words)
  })

  test('reports everything that is wrong with it at once, on one line', () => {
    expect(() =>
      resolve({ kind: 'histogram', name: '', help: 5, bounds: [2, 1], labels: { le: [] } }),
    ).toThrow(
      /^plugin "p": instrument "": name was "".*; help was 5.*; label le was.*; labels\.le was.*; bounds was .*$/,
    )
  })

  test('may have labels that another kind reserves, and ones named like object members', () => {
    for (const name of ['le', 'quantile', 'toString', 'constructor'])
      expect(resolve({ ...base, kind: 'counter', labels: { [name]: {} } }).labels).toEqual([{ name }])
  })

  test('is refused when a constant label is one that its kind reserves', () => {
    const definition = { ...base, kind: 'histogram' } as InstrumentDefinition
    expect(() => resolveDefinition(definition, { ...where, constantLabels: ['le'] })).toThrow(
      'constant label le was "le"',
    )
  })
})
