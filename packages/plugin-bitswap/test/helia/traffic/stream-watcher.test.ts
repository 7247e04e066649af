import { describe, expect, it } from 'vitest'
import { StreamWatcher } from '../../../src/helia/traffic/stream-watcher.js'
import { TrafficCounts } from '../../../src/traffic/counts.js'
import { framed, Uint8ArrayList } from '../../support/bytes.js'
import { BitswapMessage } from '../../support/message.js'

/** A stream whose layer below takes only as many bytes as there is room. */
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

/** A message with one block of this size. */
function message(blockBytes: number): Buffer {
  return framed(
    BitswapMessage.encode({
      blocks: [{ prefix: new Uint8Array(4), data: new Uint8Array(blockBytes) }],
    }),
  )
}

function watched(stream: SlowStream) {
  const sent = new TrafficCounts()
  const seen = { sent, failures: 0, ended: 0, invalid: [] as string[] }
  const watcher = new StreamWatcher(stream, {
    sent,
    onFailed: () => void seen.failures++,
    onInvalid: (protocol) => void seen.invalid.push(protocol),
    onEnded: () => void seen.ended++,
  })
  return { watcher, seen }
}

describe('a message', () => {
  it('is counted when its last byte was sent, and not before', () => {
    const stream = new SlowStream()
    const { seen } = watched(stream)
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

  it('may be sent in pieces, as a list of chunks, and with others', () => {
    const stream = new SlowStream()
    const { seen } = watched(stream)
    const all = Buffer.concat([message(10), message(20), message(30)])
    stream.send(all.subarray(0, 5))
    stream.send(new Uint8ArrayList(all.subarray(5, 17), all.subarray(17)))
    expect(seen.sent).toMatchObject({ messages: 3, bytes: 60 })
  })

  it('of which a part was dropped is one failure, and is not counted', () => {
    const stream = new SlowStream()
    const { seen } = watched(stream)
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

  it('that is incomplete is a failure', () => {
    const stream = new SlowStream()
    const { seen } = watched(stream)
    stream.send(message(10).subarray(0, 8))
    stream.close()
    expect(seen).toMatchObject({ failures: 1, sent: { messages: 0 } })
  })

  it('that the stream refuses is one failure, and its error is thrown on', () => {
    const stream = new SlowStream()
    const refusal = new Error('Cannot write to a stream that is closed')
    stream.send = () => {
      throw refusal
    }
    const { seen } = watched(stream)
    stream.close()
    expect(() => stream.send(message(10))).toThrow(refusal)
    expect(seen).toMatchObject({ failures: 1, sent: { messages: 0 } })
  })

  it('starts after the negotiation that waited in the buffer', () => {
    const stream = new SlowStream()
    stream.buffer = Buffer.from('/multistream/1.0.0\n')
    const { seen } = watched(stream)
    const whole = message(1_000)
    stream.room = whole.byteLength
    stream.send(whole)
    expect(seen.sent.messages).toBe(0)
    stream.room = Infinity
    stream.flush()
    expect(seen.sent).toMatchObject({ messages: 1, bytes: 1_000 })
  })
})

describe('a stream watcher', () => {
  it('passes on bytes that are not bitswap, stops counting there, and reports that once', () => {
    const stream = Object.assign(new SlowStream(), { protocol: '/ipfs/bitswap/9.0.0' })
    const { seen } = watched(stream)
    stream.send(message(5))
    expect(seen.invalid).toEqual([])
    const nonsense = Buffer.alloc(20, 0xff)
    stream.send(nonsense)
    stream.send(message(10))
    stream.close()
    expect(seen).toMatchObject({ failures: 0, sent: { messages: 1 }, invalid: ['/ipfs/bitswap/9.0.0'] })
    expect(stream.left.byteLength).toBe(message(5).byteLength + 20 + message(10).byteLength)
  })

  it('lets a stream throw for data that it cannot send', () => {
    const stream = new SlowStream()
    watched(stream)
    expect(() => stream.send(undefined as never)).toThrow(TypeError)
  })

  it('restores the stream', () => {
    const stream = new SlowStream()
    const before = Reflect.ownKeys(stream)
    const { watcher, seen } = watched(stream)
    expect(Reflect.ownKeys(stream)).not.toEqual(before)
    watcher.stop()
    expect(Reflect.ownKeys(stream)).toEqual(before)
    stream.send(message(10))
    stream.close()
    expect(seen).toMatchObject({ failures: 0, ended: 0, sent: { messages: 0 } })
  })

  it('counts nothing after its stop when other code has wrapped the stream', () => {
    const stream = new SlowStream()
    const { watcher, seen } = watched(stream)
    for (const name of ['send', 'sendData'] as const) {
      const below = stream[name].bind(stream) as (data: never) => never
      stream[name] = (data: unknown) => below(data as never)
    }
    watcher.stop()
    stream.send(message(10))
    expect(seen.sent.messages).toBe(0)
    expect(stream.left.byteLength).toBe(message(10).byteLength)
  })

  it('that is stopped while a message is being sent does not count it', () => {
    const stream = new SlowStream()
    const { watcher, seen } = watched(stream)
    const below = stream.sendData.bind(stream)
    stream.sendData = (data) => below(data)
    stream.room = 5
    stream.send(message(10))
    watcher.stop()
    stream.room = Infinity
    stream.flush()
    expect(seen).toMatchObject({ failures: 0, sent: { messages: 0 } })
    expect(stream.left.byteLength).toBe(message(10).byteLength)
  })
})
