import { describe, expect, test } from 'vitest'
import { startRecording } from '../../support/recording.js'

const table = {
  h: { kind: 'histogram', name: 'h', help: 'H', bounds: [1, 2] },
  e: { kind: 'exponential_histogram', name: 'e', help: 'E' },
  s: { kind: 'summary', name: 's', help: 'S', quantiles: [0.5] },
  c: { kind: 'counter', name: 'c_total', help: 'C' },
} as const

async function open() {
  const { memory, instruments: handles, dropped } = await startRecording(table)
  return { memory, handles, dropped: (reason: string) => dropped()[reason] }
}

describe('totals of a source (issue 10, 26 and 27)', () => {
  test.each([
    ['a fraction', 1.5],
    ['more than 2^53', 2 ** 53],
    ['more than 2^64', 2 ** 65],
    ['1e300', 1e300],
  ])('with %s as a count are dropped', async (_, count) => {
    const { memory, handles, dropped } = await open()
    handles.h.setTotals({ bounds: [1, 2], buckets: [count, 0, 0], sum: 1 })
    handles.e.setTotals({
      scale: 0,
      zeroCount: 0,
      sum: 1,
      positive: { offset: 0, counts: [count] },
      negative: { offset: 0, counts: [] },
    })
    handles.s.setTotals({ quantiles: [1], sum: 1, count })
    expect(dropped('not_an_integer')).toBe(3)
    for (const name of ['h', 'e', 's']) expect(memory.series(name)).toMatchObject({ sum: 0, count: 0 })
  })

  test('whose counts are safe one by one but not in all are dropped', async () => {
    const { handles, dropped } = await open()
    const most = Number.MAX_SAFE_INTEGER
    handles.h.setTotals({ bounds: [1, 2], buckets: [most, most, 0], sum: 1 })
    expect(dropped('not_an_integer')).toBe(1)
  })

  test('are used as they were when they were checked, whatever their getters say next', async () => {
    const { memory, handles } = await open()
    let reads = 0
    handles.h.setTotals({
      bounds: [1, 2],
      get buckets() {
        return reads++ === 0 ? [1, 2, 3] : [Number.NaN, -1, 0.5]
      },
      sum: 6,
    })
    expect(memory.series('h')).toMatchObject({ buckets: [1, 2, 3], sum: 6, count: 6 })
  })
})

test('a series that follows a source has no time of creation: it counted before (issue 10, 23)', async () => {
  const { memory, handles } = await open()
  const reader = () => {
    const series = memory.context.read({ names: new Set(['c_total']) })[0].parts[0].series()
    series.next()
    return series
  }
  expect(reader().createdMs).toBeGreaterThan(0)
  handles.c.setTotal(1_000_000)
  expect(reader().createdMs).toBeUndefined()
})
