import { LogOnce } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { Chunk } from '../../src/chunk/chunk.js'
import { createFigure, FigureWriter, type Figure } from '../../src/lines/figure-writer.js'
import { SeriesTags } from '../../src/lines/series-tags.js'
import { parseOptions } from '../../src/options.js'
import { Tally } from '../../src/tally.js'

/** Tells one figure again and again; each line is sent before the next. */
function tellerOf(kind: Figure['kind'], counters: 'exact' | 'whole' = 'exact') {
  const chunk = new Chunk({ maxBytes: 1_432, lastLineBreak: 'left out' })
  const parts = { tally: new Tally(), logOnce: new LogOnce() }
  const writer = new FigureWriter(chunk, parseOptions({ counters }).lines, parts)
  const figure = createFigure({ name: 'x', kind }, 'dogstatsd')
  const page = new Float64Array(1).fill(Number.NaN)
  const tags = new SeriesTags()
  tags.set(0, 1, '')
  return (value: number): string => {
    writer.write(figure, { tags, slot: 0 }, value, page, 0)
    const text = Buffer.from(chunk.ready).toString()
    chunk.settle(true)
    chunk.reset()
    return text
  }
}

describe('a total that falls', () => {
  it('was counted from zero again', () => {
    const tell = tellerOf('total')
    expect([5, 3, 7].map(tell)).toEqual(['x:5|c', 'x:3|c', 'x:4|c'])
  })

  it('to zero loses nothing of what comes then', () => {
    const tell = tellerOf('total')
    expect([5, 0, 7, 7].map(tell)).toEqual(['x:5|c', '', 'x:7|c', ''])
  })
})

describe('whole numbers', () => {
  it('are told of what has come in fractions, and the rest is kept until it is one', () => {
    const tell = tellerOf('total', 'whole')
    expect([0.5, 0.75, 1.25, 3.875, 3.9375].map(tell)).toEqual(['x:0|c', '', 'x:1|c', 'x:2|c', ''])
  })

  it('of a sum may fall', () => {
    const tell = tellerOf('sum', 'whole')
    expect([1.5, -1.5, -1.75].map(tell)).toEqual(['x:1|c', 'x:-2|c', ''])
  })
})
