import { describe, expect, it } from 'vitest'
import { bytesWithSlack } from '../../src/chunk/byte-buffer.js'
import { Chunk } from '../../src/chunk/chunk.js'
import type { ChunkForm } from '../../src/send/sender.js'

const datagram: ChunkForm = { maxBytes: 20, lastLineBreak: 'left out' }

function chunkOf(form: ChunkForm) {
  const chunk = new Chunk(form)
  const page = new Float64Array(8)
  return {
    chunk,
    page,
    add: (text: string, at = 0, value = 1) => {
      chunk.begin()
      const { view, length } = bytesWithSlack(`${text}\n`)
      chunk.buffer.copy(view, 0, length)
      return chunk.end(text.split('\n').length, page, at, value)
    },
    ready: () => Buffer.from(chunk.ready).toString(),
  }
}

describe('a chunk', () => {
  it('takes lines up to its limit to the byte, the last line break left out', () => {
    const { add, ready } = chunkOf(datagram)
    expect([add('a:1|c'), add('bb:22|c'), add('cc:33|c')]).toEqual(['fits', 'fits', 'full'])
    expect(ready()).toBe('a:1|c\nbb:22|c')
    const exact = chunkOf(datagram)
    expect([exact.add('a:1|c'), exact.add('b:1|c'), exact.add('cc:22|cx')]).toEqual(['fits', 'fits', 'fits'])
    expect(exact.ready()).toHaveLength(20)
  })

  it('counts bytes, not characters', () => {
    const { add } = chunkOf(datagram)
    expect(add('üüüüüüü:1|c')).toBe('fits')
    expect(add('üüüüüüüüü:1|c')).toBe('oversized')
  })

  it('of a stream ends with a line break, which counts', () => {
    const stream = chunkOf({ maxBytes: 12, lastLineBreak: 'sent' })
    expect([stream.add('a:1|c'), stream.add('b:1|c'), stream.add('c:1|c')]).toEqual(['fits', 'fits', 'full'])
    expect(stream.ready()).toBe('a:1|c\nb:1|c\n')
  })

  it('begins the next with the line that did not fit, and remembers each when it was sent', () => {
    const { chunk, add, ready, page } = chunkOf(datagram)
    add('aaaaa:1|c', 0, 10)
    add('bbbbb:1|c', 1, 11)
    expect(add('c:1|c', 2, 12)).toBe('full')
    expect([...page.subarray(0, 3)]).toEqual([0, 0, 0])
    chunk.settle(true)
    expect([...page.subarray(0, 3)]).toEqual([10, 11, 0])
    expect([ready(), chunk.lines]).toEqual(['c:1|c', 1])
    chunk.settle(true)
    expect([...page.subarray(0, 3)]).toEqual([10, 11, 12])
    expect([ready(), chunk.isEmpty]).toEqual(['', true])
  })

  it('remembers nothing of what was not sent', () => {
    const { chunk, add, page } = chunkOf(datagram)
    add('aaaaa:1|c', 0, 10)
    add('bbbbb:1|c', 1, 11)
    add('c:1|c', 2, 12)
    chunk.settle(false)
    chunk.settle(true)
    expect([...page.subarray(0, 3)]).toEqual([0, 0, 12])
    add('d:1|c', 3, 13)
    chunk.reset()
    chunk.settle(true)
    expect([page[3], chunk.isEmpty]).toEqual([0, true])
  })

  it('leaves a line out that is longer than it may be, and goes on', () => {
    const { add, ready, page, chunk } = chunkOf(datagram)
    add('a:1|c')
    expect(add('x'.repeat(21), 1, 5)).toBe('oversized')
    expect(add('x'.repeat(5_000), 1, 5)).toBe('oversized')
    expect(add('b:1|c')).toBe('fits')
    expect(ready()).toBe('a:1|c\nb:1|c')
    chunk.settle(true)
    expect(page[1]).toBe(0)
  })

  it('does not tear two lines apart that belong together', () => {
    const { add, ready, chunk } = chunkOf(datagram)
    add('aaaaaaaa:1|c')
    expect(add('g:0|g\ng:-5|g')).toBe('full')
    chunk.settle(true)
    expect([ready(), chunk.lines]).toEqual(['g:0|g\ng:-5|g', 2])
  })
})
