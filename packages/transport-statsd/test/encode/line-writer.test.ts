import { LogOnce } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { TransportCounts } from '../../src/counts.js'
import { Chunk } from '../../src/encode/chunk.js'
import { createLineTemplate, type LineTemplate } from '../../src/encode/line-template.js'
import { LineWriter } from '../../src/encode/line-writer.js'
import { parseOptions } from '../../src/options.js'

/** Writes one line again and again; each is sent before the next. */
function writerOf(kind: LineTemplate['kind'], counters: 'exact' | 'whole' = 'exact') {
  const chunk = new Chunk({ maxBytes: 1_432, lastLineBreak: 'omitted' })
  const deps = { counts: new TransportCounts(), logOnce: new LogOnce() }
  const writer = new LineWriter(chunk, parseOptions({ counters }).lines, deps)
  const template = createLineTemplate({ name: 'x', kind }, 'dogstatsd')
  const page = new Float64Array(1).fill(Number.NaN)
  const tags = { view: new DataView(new ArrayBuffer(0)), at: 0, length: 0 }
  return (value: number): string => {
    writer.write(template, { tags, page, at: 0 }, value, 0)
    const text = Buffer.from(chunk.content).toString()
    chunk.commit()
    chunk.reset()
    return text
  }
}

describe('a total that falls', () => {
  it('started again from zero', () => {
    const write = writerOf('total')
    expect([5, 3, 7].map(write)).toEqual(['x:5|c', 'x:3|c', 'x:4|c'])
  })

  it('falls to zero without losing what comes then', () => {
    const write = writerOf('total')
    expect([5, 0, 7, 7].map(write)).toEqual(['x:5|c', '', 'x:7|c', ''])
  })
})

describe('whole numbers', () => {
  it('are sent of fractions, and the rest waits until it adds up to one', () => {
    const write = writerOf('total', 'whole')
    expect([0.5, 0.75, 1.25, 3.875, 3.9375].map(write)).toEqual(['x:0|c', '', 'x:1|c', 'x:2|c', ''])
  })

  it('may fall in a sum', () => {
    const write = writerOf('sum', 'whole')
    expect([1.5, -1.5, -1.75].map(write)).toEqual(['x:1|c', 'x:-2|c', ''])
  })
})
