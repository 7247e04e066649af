import { createTidegauge, defineInstruments, type InstrumentDefinition } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'

const define = (definition: object) => () =>
  createTidegauge().instruments('shop', {
    x: { name: 'x', help: 'X', ...definition } as InstrumentDefinition,
  })

describe('a field that a definition does not have is refused (issue 10, 3)', () => {
  test.each([
    [{ kind: 'histogram', buckets: [1, 2] }, 'buckets is not a field of a histogram, did you mean "bounds"?'],
    [
      { kind: 'counter', labelNames: ['a'] },
      'labelNames is not a field of a counter, did you mean "labels"?',
    ],
    [
      { kind: 'summary', percentiles: [0.5] },
      'percentiles is not a field of a summary, did you mean "quantiles"?',
    ],
    [{ kind: 'gauge', unti: 'bytes' }, 'unti is not a field of a gauge, did you mean "unit"?'],
    [{ kind: 'gauge', bounds: [1] }, 'bounds is not a field of a gauge'],
    [{ kind: 'timer', colour: 'red' }, 'colour is not a field of a timer'],
  ])('%j', (definition, words) => {
    expect(define(definition)).toThrow(words)
  })

  test('by the types as well', () => {
    const table = () =>
      // @ts-expect-error prom-client's word
      defineInstruments({ x: { kind: 'histogram', name: 'x', help: 'X', buckets: [1] } })
    const own = () =>
      // @ts-expect-error prom-client's word
      createTidegauge().instruments('a', { x: { kind: 'counter', name: 'x', help: 'X', labelNames: [] } })
    expect([typeof table, typeof own]).toEqual(['function', 'function'])
  })
})

test('an option that a host does not have is refused with the one that was meant (issue 10, 3)', () => {
  expect(() => createTidegauge({ seriesLimt: 5 } as object)).toThrow('did you mean "seriesLimit"?')
  expect(() => createTidegauge({ completely: 5 } as object)).not.toThrow('did you mean')
})
