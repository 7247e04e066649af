import { describe, expect, it } from 'vitest'
import { SendTap } from '../../src/traffic/send-tap.js'
import { TrafficTally } from '../../src/traffic/totals.js'
import { framed, Uint8ArrayList } from '../support/bytes.js'
import { BitswapMessage } from '../support/message.js'

/** A stream whose layer below takes as many bytes as it is told, as a full one does. */
class SlowStream extends EventTarget {
  room = Infinity
  buffer: Buffer = Buffer.alloc(0)
  left: Buffer = Buffer.alloc(0)
  get writeBufferLength(): number {
    return this.buffer.byteLength
  }
  send(data: Uint8Array | Uint8ArrayList): boolean {
    this.buffer = Buffer.concat([this.buffer, data.subarray()])
    return this.flush()
  }
  flush(): boolean {
    const { sentBytes } = this.sendData(new Uint8ArrayList(this.buffer))
    this.buffer = this.buffer.subarray(sentBytes)
    return this.buffer.byteLength === 0
  }
  sendData(data: Uint8ArrayList): { sentBytes: number; canSendMore: boolean } {
    const sentBytes = Math.min(this.room, data.byteLength)
    this.room -= sentBytes
    this.left = Buffer.concat([this.left, data.subarray(0, sentBytes)])
    // libp2p's streams use the list up
    data.consume(sentBytes)
    return { sentBytes, canSendMore: data.byteLength === 0 }
  }
  close(): void {
    this.dispatchEvent(new Event('close'))
  }
}

/** A message with one block of so many bytes. */
function message(blockBytes: number): Buffer {
  return framed(
    BitswapMessage.encode({
      blocks: [{ prefix: new Uint8Array(4), data: new Uint8Array(blockBytes) }],
    }),
  )
}

function tapped(stream: SlowStream) {
  const sent = new TrafficTally()
  const seen = { sent, failures: 0, ended: 0, unknown: [] as string[] }
  const tap = new SendTap(stream, {
    sent,
    onFailed: () => void seen.failures++,
    onUnknown: (protocol) => void seen.unknown.push(protocol),
    onEnded: () => void seen.ended++,
  })
  return { tap, seen }
}

describe('a message', () => {
  it('is counted when its last byte has left, and not before', () => {
    const stream = new SlowStream()
    const { seen } = tapped(stream)
    const whole = message(1_000)
    stream.room = whole.byteLength - 1
    expect(stream.send(whole)).toBe(false)
    expect(seen.sent.messages).toBe(0)
    stream.room = 1
    expect(stream.flush()).toBe(true)
    expect(seen.sent).toMatchObject({ messages: 1, blocks: 1, bytes: 1_000 })
    stream.close()
    expect(seen).toMatchObject({ failures: 0, ended: 1 })
    expect(stream.left.equals(whole)).toBe(true)
  })

  it('may come in pieces, as a list of chunks, and with others', () => {
    const stream = new SlowStream()
    const { seen } = tapped(stream)
    const all = Buffer.concat([message(10), message(20), message(30)])
    stream.send(all.subarray(0, 5))
    stream.send(new Uint8ArrayList(all.subarray(5, 17), all.subarray(17)))
    expect(seen.sent).toMatchObject({ messages: 3, bytes: 60 })
  })

  it('of which a part was thrown away is one failure, and is not counted', () => {
    const stream = new SlowStream()
    const { seen } = tapped(stream)
    stream.room = message(10).byteLength + 7
    stream.send(message(10))
    stream.send(message(20))
    stream.send(message(30))
    stream.buffer = Buffer.alloc(0)
    stream.close()
    stream.close()
    expect(seen.sent).toMatchObject({ messages: 1, bytes: 10 })
    expect(seen.failures).toBe(1)
  })

  it('that was only begun is a failure', () => {
    const stream = new SlowStream()
    const { seen } = tapped(stream)
    stream.send(message(10).subarray(0, 8))
    stream.close()
    expect(seen).toMatchObject({ failures: 1, sent: { messages: 0 } })
  })

  it('that the stream refuses is one failure, thrown on as it is', () => {
    const stream = new SlowStream()
    const refusal = new Error('Cannot write to a stream that is closed')
    stream.send = () => {
      throw refusal
    }
    const { seen } = tapped(stream)
    stream.close()
    expect(() => stream.send(message(10))).toThrow(refusal)
    expect(seen).toMatchObject({ failures: 1, sent: { messages: 0 } })
  })

  it('does not begin before the negotiation has left that waited in the buffer', () => {
    const stream = new SlowStream()
    stream.buffer = Buffer.from('/multistream/1.0.0\n')
    const { seen } = tapped(stream)
    const whole = message(1_000)
    stream.room = whole.byteLength
    stream.send(whole)
    expect(seen.sent.messages).toBe(0)
    stream.room = Infinity
    stream.flush()
    expect(seen.sent).toMatchObject({ messages: 1, bytes: 1_000 })
  })

  it('is counted when it was taken, on streams that do not show what leaves', () => {
    const taken: Uint8Array[] = []
    const stream = Object.assign(new EventTarget(), { send: (data: Uint8Array) => taken.push(data) > 0 })
    const { seen } = tapped(stream as never)
    expect(stream.send(message(7))).toBe(true)
    expect(seen.sent).toMatchObject({ messages: 1, bytes: 7 })
    stream.dispatchEvent(new Event('close'))
    expect(seen).toMatchObject({ failures: 0, ended: 1 })
  })
})

describe('a tap', () => {
  it('lets what is no bitswap pass, stops counting there, and tells so once', () => {
    const stream = Object.assign(new SlowStream(), { protocol: '/ipfs/bitswap/9.0.0' })
    const { seen } = tapped(stream)
    stream.send(message(5))
    expect(seen.unknown).toEqual([])
    const nonsense = Buffer.alloc(20, 0xff)
    stream.send(nonsense)
    stream.send(message(10))
    stream.close()
    expect(seen).toMatchObject({ failures: 0, sent: { messages: 1 }, unknown: ['/ipfs/bitswap/9.0.0'] })
    expect(stream.left.byteLength).toBe(message(5).byteLength + 20 + message(10).byteLength)
  })

  it('lets a stream complain of what it cannot send', () => {
    const stream = new SlowStream()
    tapped(stream)
    expect(() => stream.send(undefined as never)).toThrow(TypeError)
  })

  it('leaves the stream as it was', () => {
    const stream = new SlowStream()
    const before = Reflect.ownKeys(stream)
    const { tap, seen } = tapped(stream)
    expect(Reflect.ownKeys(stream)).not.toEqual(before)
    tap.remove()
    expect(Reflect.ownKeys(stream)).toEqual(before)
    stream.send(message(10))
    stream.close()
    expect(seen).toMatchObject({ failures: 0, ended: 0, sent: { messages: 0 } })
  })

  it('counts nothing more where somebody has put theirs over it', () => {
    const stream = new SlowStream()
    const { tap, seen } = tapped(stream)
    for (const name of ['send', 'sendData'] as const) {
      const below = stream[name].bind(stream) as (data: never) => never
      stream[name] = (data: unknown) => below(data as never)
    }
    tap.remove()
    stream.send(message(10))
    expect(seen.sent.messages).toBe(0)
    expect(stream.left.byteLength).toBe(message(10).byteLength)
  })

  it('that is removed while a message leaves does not count it', () => {
    const stream = new SlowStream()
    const { tap, seen } = tapped(stream)
    const below = stream.sendData.bind(stream)
    stream.sendData = (data) => below(data)
    stream.room = 5
    stream.send(message(10))
    tap.remove()
    stream.room = Infinity
    stream.flush()
    expect(seen).toMatchObject({ failures: 0, sent: { messages: 0 } })
    expect(stream.left.byteLength).toBe(message(10).byteLength)
  })
})
