import { describe, expect, it } from 'vitest'
import { ByteTap } from '../../src/js-libp2p/byte-tap.js'

/** A stream that libp2p did not create: no transport or multiplexer of today has one. */
class ForeignStream extends EventTarget {
  readonly direction = 'outbound'
  readonly status = 'open'
  readBufferLength = 3
  writeBufferLength = 0

  send(data: Uint8Array): boolean {
    if (data.byteLength > 100) throw new Error('too much')
    return true
  }
}

/** One with libp2p's methods for both directions. */
class KnownStream extends ForeignStream {
  received = 0

  onData(data: Uint8Array): void {
    this.received += data.byteLength
  }

  sendData(data: Uint8Array): { sentBytes: number; canSendMore: boolean } {
    return { sentBytes: Math.min(10, data.byteLength), canSendMore: false }
  }
}

function tap(stream: ForeignStream, since: 'creation' | 'now' = 'creation'): ByteTap {
  return new ByteTap(stream, { inbound: 0, outbound: 0 }, since)
}

function message(size: number): Event {
  return Object.assign(new Event('message'), { data: new Uint8Array(size) })
}

describe('a tap', () => {
  it('counts a stream that is not libp2p’s at its messages and at send', () => {
    const stream = new ForeignStream()
    const { counts } = tap(stream)
    let messages = 0
    stream.addEventListener('message', () => messages++)
    stream.dispatchEvent(message(7))
    stream.dispatchEvent(new Event('drain'))
    stream.send(new Uint8Array(20))
    expect(() => stream.send(new Uint8Array(200))).toThrow('too much')
    expect(counts).toEqual({ inbound: 7, outbound: 20 })
    expect(messages).toBe(1)
  })

  it('counts what is buffered already, and what really leaves', () => {
    const stream = new KnownStream()
    const { counts } = tap(stream)
    stream.onData(new Uint8Array(5))
    stream.sendData(new Uint8Array(15))
    stream.sendData(new Uint8Array(5))
    expect(counts).toEqual({ inbound: 8, outbound: 15 })
    expect(stream.received).toBe(5)
  })

  it('does not count bytes of the negotiation that were queued before', () => {
    const stream = new KnownStream()
    stream.writeBufferLength = 14
    const { counts } = tap(stream)
    for (let i = 0; i < 3; i++) stream.sendData(new Uint8Array(10))
    expect(counts.outbound).toBe(16)
  })

  it('counts only from now on when it is created so', () => {
    const stream = new KnownStream()
    const { counts } = tap(stream, 'now')
    stream.onData(new Uint8Array(5))
    expect(counts.inbound).toBe(5)
  })

  it('restores the stream, and counts nothing more where other code has wrapped it', () => {
    const stream = new KnownStream()
    const first = tap(stream)
    const { counts } = first
    const outer = stream.onData.bind(stream)
    stream.onData = (data) => outer(data)
    first.remove()
    stream.onData(new Uint8Array(9))
    expect(counts.inbound).toBe(3)
    expect(stream.received).toBe(9)
    expect(Object.hasOwn(stream, 'sendData')).toBe(false)
  })
})
