import { describe, expect, test } from 'vitest'
import { startProbe } from '../../support/recording.js'

const table = {
  counter: { kind: 'counter', name: 'counter', help: 'C', labels: { a: {} }, lifetime: 'collect' },
  passing: {
    kind: 'histogram',
    name: 'passing',
    help: 'P',
    labels: { a: {} },
    lifetime: 'collect',
    bounds: [],
  },
} as const

describe('a lifetime of collect', () => {
  test('ends a counter’s and a histogram’s series that a pass no longer reports; a later one is followed anew', async () => {
    const { instruments, labelsOf, pass, memory } = await startProbe(table)
    const report = (...names: string[]) =>
      pass(() => {
        for (const a of names) {
          instruments.counter.setTotal({ a }, 5)
          instruments.passing.setTotals({ a }, { bounds: [], buckets: [2], sum: 1 })
        }
      })
    await report('x', 'y')
    await report('y')
    for (const name of ['counter', 'passing']) expect(labelsOf(name)).toEqual([{ a: 'y' }])
    await report('x', 'y')
    expect(memory.value('counter', { a: 'x' })).toBe(5)
    expect(memory.series('passing', { a: 'x' })).toMatchObject({ count: 2, sum: 1 })
  })

  test('spares a series that a view has made of several', async () => {
    const { instruments, memory, pass } = await startProbe(table, {
      views: [{ match: 'counter', dropLabels: ['a'] }],
    })
    await pass(() => {
      instruments.counter.setTotal({ a: 'x' }, 5)
      instruments.counter.setTotal({ a: 'y' }, 7)
    })
    await pass(() => {})
    await pass(() => instruments.counter.setTotal({ a: 'x' }, 6))
    expect(memory.value('counter')).toBe(13)
  })

  test('spares what is recorded by itself, and what a failed pass did not get to', async () => {
    const { instruments, labelsOf, pass } = await startProbe(table)
    instruments.counter.inc({ a: 'own' })
    await pass(() => instruments.counter.setTotal({ a: 'reported' }, 5))
    await pass(() => {
      throw new Error('broken')
    })
    expect(labelsOf('counter')).toEqual([{ a: 'own' }, { a: 'reported' }])
  })
})

describe('an instrument that is forgotten', () => {
  test('is gone with its series, and its name is free for another kind', async () => {
    const { context, memory } = await startProbe({})
    const first = context.define({ kind: 'counter', name: 'later', help: 'L', labels: { a: {} } })
    first.inc({ a: 'x' })
    context.forget('later')
    expect(memory.read({ names: new Set(['later']) })).toEqual([])
    context.define({ kind: 'gauge', name: 'later', help: 'now a gauge' }).set(3)
    expect(memory.value('later')).toBe(3)
    context.forget('never defined')
  })
})
