import { replaceMethod, UndoList } from '@tidegauge/attach'
import { MessageScanner } from './message-scanner.js'
import type { TrafficTally, TrafficTotals } from './totals.js'

/** `Uint8Array`, or `Uint8ArrayList`, which gives its chunks when it is walked over. */
type Bytes = Uint8Array | (Iterable<Uint8Array> & { readonly byteLength: number })

/** A libp2p stream, as far as it is watched. */
export interface OutgoingStream {
  readonly protocol?: string
  /** `open`, `closing`, `closed`, `aborted` or `reset`. */
  readonly status?: string
  readonly send: (data: never) => boolean
  /** Of `AbstractMessageStream`: data as it leaves for the layer below. */
  readonly sendData?: (data: never) => { readonly sentBytes: number }
  /** Bytes that were given to `send` and have not left yet. */
  readonly writeBufferLength?: number
  addEventListener(type: 'close', listener: () => void): void
  removeEventListener(type: 'close', listener: () => void): void
}

/** Where a tap counts, and whom it tells. */
export interface TapParts {
  readonly sent: TrafficTally
  /** The stream ended, or refused, before a message had left. */
  onFailed(): void
  /** What was given to the stream is no bitswap message: nothing more is counted of it. */
  onUnknown(protocol: string): void
  /** The stream has ended: there is nothing more to count. */
  onEnded(tap: SendTap): void
}

/**
 * Counts the messages of one stream as they leave it.
 *
 * What is given to `send` may wait in the stream's buffer and be thrown away there, so a message is counted when
 * `sendData` has taken its last byte. A message of which only a part left is none to the receiver: it is a failure.
 */
export class SendTap {
  readonly #parts: TapParts
  readonly #undo = new UndoList()
  /** Messages that have not left yet, and at which byte they end. */
  readonly #waiting: { readonly parts: TrafficTotals; readonly endsAt: number }[] = []
  readonly #scanner = new MessageScanner((parts, endsAt) => this.#waiting.push({ parts, endsAt }))
  /** Bytes of messages that have left; below zero while the negotiation of the protocol is leaving. */
  #left: number
  #isRemoved = false
  #hasFailed = false

  constructor(stream: OutgoingStream, parts: TapParts) {
    this.#parts = parts
    this.#left = -(stream.writeBufferLength ?? 0)
    const { send, sendData, protocol = 'a bitswap stream' } = stream
    const hasSendData = typeof sendData === 'function'
    this.#replace(stream, 'send', (data: Bytes): boolean => {
      this.#scan(data, protocol)
      const canSendMore = this.#calling(() => send.call(stream, data as never))
      if (!hasSendData) this.#leave(data.byteLength)
      return canSendMore
    })
    if (hasSendData)
      this.#replace(stream, 'sendData', (data: Bytes): { readonly sentBytes: number } => {
        const result = sendData.call(stream, data as never)
        this.#leave(result.sentBytes)
        return result
      })
    const ended = (): void => this.#end()
    stream.addEventListener('close', ended)
    this.#undo.add(() => stream.removeEventListener('close', ended))
  }

  /** Leaves the stream as it was. Below somebody else's methods ours go on, and count nothing. */
  remove(): void {
    this.#isRemoved = true
    this.#undo.run()
  }

  #scan(data: Bytes, protocol: string): void {
    const scanner = this.#scanner
    if (this.#isRemoved || scanner.isBroken) return
    if (data instanceof Uint8Array) scanner.feed(data)
    else if (typeof data?.[Symbol.iterator] === 'function') for (const chunk of data) scanner.feed(chunk)
    if (scanner.isBroken) this.#parts.onUnknown(protocol)
  }

  /** What a stream refuses is not sent. */
  #calling(send: () => boolean): boolean {
    try {
      return send()
    } catch (thrown) {
      this.#fail()
      throw thrown
    }
  }

  #leave(bytes: number): void {
    if (this.#isRemoved) return
    this.#left += bytes
    for (let first = this.#waiting[0]; first !== undefined && first.endsAt <= this.#left;) {
      this.#parts.sent.message(first.parts)
      this.#waiting.shift()
      first = this.#waiting[0]
    }
  }

  #end(): void {
    if (this.#waiting.length > 0 || (this.#scanner.isInside && !this.#scanner.isBroken)) this.#fail()
    this.#parts.onEnded(this)
  }

  #fail(): void {
    if (this.#hasFailed || this.#isRemoved) return
    this.#hasFailed = true
    this.#parts.onFailed()
  }

  #replace(stream: object, name: string, method: (data: never) => unknown): void {
    this.#undo.add(replaceMethod(stream, name, method))
  }
}
