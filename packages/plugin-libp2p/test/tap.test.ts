import { describe, expect, it } from 'vitest'
import { MethodWrapper } from '../src/bandwidth/tap.js'

/** A stream that libp2p did not make: no transport or multiplexer of today has one. */
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

/** One with libp2p's methods for both ways. */
class KnownStream extends ForeignStream {
  received = 0

  onData(data: Uint8Array): void {
    this.received += data.byteLength
  }

  sendData(data: Uint8Array): { sentBytes: number; canSendMore: boolean } {
    return { sentBytes: Math.min(10, data.byteLength), canSendMore: false }
  }
}

function tap(stream: ForeignStream, since: 'birth' | 'now' = 'birth'): MethodWrapper {
  return new MethodWrapper(stream, { in: 0, out: 0 }, since)
}

function message(size: number): Event {
  return Object.assign(new Event('message'), { data: new Uint8Array(size) })
}

describe('a tap', () => {
  it('counts a stream of another make at its messages and at send', () => {
    const stream = new ForeignStream()
    const { cell } = tap(stream)
    let heard = 0
    stream.addEventListener('message', () => heard++)
    stream.dispatchEvent(message(7))
    stream.dispatchEvent(new Event('drain'))
    stream.send(new Uint8Array(20))
    expect(() => stream.send(new Uint8Array(200))).toThrow('too much')
    expect(cell).toEqual({ in: 7, out: 20 })
    expect(heard).toBe(1)
  })

  it('counts what is buffered already, and what really leaves', () => {
    const stream = new KnownStream()
    const { cell } = tap(stream)
    stream.onData(new Uint8Array(5))
    stream.sendData(new Uint8Array(15))
    stream.sendData(new Uint8Array(5))
    expect(cell).toEqual({ in: 8, out: 15 })
    expect(stream.received).toBe(5)
  })

  it('leaves out bytes of the negotiation that were queued before', () => {
    const stream = new KnownStream()
    stream.writeBufferLength = 14
    const { cell } = tap(stream)
    for (let i = 0; i < 3; i++) stream.sendData(new Uint8Array(10))
    expect(cell.out).toBe(16)
  })

  it('counts from now on only, when told so', () => {
    const stream = new KnownStream()
    const { cell } = tap(stream, 'now')
    stream.onData(new Uint8Array(5))
    expect(cell.in).toBe(5)
  })

  it('leaves the stream as it was, and counts to nowhere below somebody else', () => {
    const stream = new KnownStream()
    const first = tap(stream)
    const { cell } = first
    const outer = stream.onData.bind(stream)
    stream.onData = (data) => outer(data)
    first.remove()
    stream.onData(new Uint8Array(9))
    expect(cell.in).toBe(3)
    expect(stream.received).toBe(9)
    expect(Object.hasOwn(stream, 'sendData')).toBe(false)
  })
})
