import { describe, expect, it } from 'vitest'
import { paddedBytes } from '../../src/encode/byte-buffer.js'
import { Chunk } from '../../src/encode/chunk.js'
import type { ChunkFormat } from '../../src/send/sender.js'

const datagram: ChunkFormat = { maxBytes: 20, lastLineBreak: 'omitted' }

function chunkOf(format: ChunkFormat) {
  const chunk = new Chunk(format)
  const page = new Float64Array(8)
  return {
    chunk,
    page,
    add: (text: string, at = 0, value = 1) => {
      chunk.startLine()
      const { view, length } = paddedBytes(`${text}\n`)
      chunk.buffer.copy(view, 0, length)
      return chunk.endLine(text.split('\n').length, page, at, value)
    },
    content: () => Buffer.from(chunk.content).toString(),
  }
}

describe('a chunk', () => {
  it('has room for lines up to its limit to the byte, without the last line break', () => {
    const { add, content } = chunkOf(datagram)
    expect([add('a:1|c'), add('bb:22|c'), add('cc:33|c')]).toEqual(['fits', 'fits', 'full'])
    expect(content()).toBe('a:1|c\nbb:22|c')
    const exact = chunkOf(datagram)
    expect([exact.add('a:1|c'), exact.add('b:1|c'), exact.add('cc:22|cx')]).toEqual(['fits', 'fits', 'fits'])
    expect(exact.content()).toHaveLength(20)
  })

  it('counts bytes, not characters', () => {
    const { add } = chunkOf(datagram)
    expect(add('üüüüüüü:1|c')).toBe('fits')
    expect(add('üüüüüüüüü:1|c')).toBe('oversized')
  })

  it('of a stream ends with a line break, which is counted', () => {
    const stream = chunkOf({ maxBytes: 12, lastLineBreak: 'sent' })
    expect([stream.add('a:1|c'), stream.add('b:1|c'), stream.add('c:1|c')]).toEqual(['fits', 'fits', 'full'])
    expect(stream.content()).toBe('a:1|c\nb:1|c\n')
  })

  it('starts the next chunk with the line that did not fit, and sets a value when its line was sent', () => {
    const { chunk, add, content, page } = chunkOf(datagram)
    add('aaaaa:1|c', 0, 10)
    add('bbbbb:1|c', 1, 11)
    expect(add('c:1|c', 2, 12)).toBe('full')
    expect([...page.subarray(0, 3)]).toEqual([0, 0, 0])
    chunk.commit()
    expect([...page.subarray(0, 3)]).toEqual([10, 11, 0])
    expect([content(), chunk.lines]).toEqual(['c:1|c', 1])
    chunk.commit()
    expect([...page.subarray(0, 3)]).toEqual([10, 11, 12])
    expect([content(), chunk.lines]).toEqual(['', 0])
  })

  it('sets no value of lines that were not sent', () => {
    const { chunk, add, content, page } = chunkOf(datagram)
    add('aaaaa:1|c', 0, 10)
    add('bbbbb:1|c', 1, 11)
    add('c:1|c', 2, 12)
    chunk.reset()
    chunk.commit()
    expect([[...page.subarray(0, 3)], chunk.lines, content()]).toEqual([[0, 0, 0], 0, ''])
    add('d:1|c', 3, 13)
    chunk.commit()
    expect([...page.subarray(0, 4)]).toEqual([0, 0, 0, 13])
  })

  it('leaves out a line that is longer than a chunk, and goes on', () => {
    const { add, content, page, chunk } = chunkOf(datagram)
    add('a:1|c')
    expect(add('x'.repeat(21), 1, 5)).toBe('oversized')
    expect(add('x'.repeat(5_000), 1, 5)).toBe('oversized')
    expect(add('b:1|c')).toBe('fits')
    expect(content()).toBe('a:1|c\nb:1|c')
    chunk.commit()
    expect(page[1]).toBe(0)
  })

  it('keeps two lines together that belong together', () => {
    const { add, content, chunk } = chunkOf(datagram)
    add('aaaaaaaa:1|c')
    expect(add('g:0|g\ng:-5|g')).toBe('full')
    chunk.commit()
    expect([content(), chunk.lines]).toEqual(['g:0|g\ng:-5|g', 2])
  })
})
