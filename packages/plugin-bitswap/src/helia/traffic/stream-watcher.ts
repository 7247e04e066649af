import { replaceMethod, UndoList } from '@tidegauge/attach'
import type { TrafficCounts, TrafficTotals } from '../../traffic/counts.js'
import { MessageScanner } from '../../traffic/message-scanner.js'
import type { StreamLike } from '../shapes.js'

/** `Uint8Array`, or `Uint8ArrayList`, which iterates over its chunks. */
type Bytes = Uint8Array | (Iterable<Uint8Array> & { readonly byteLength: number })

/** What a {@link StreamWatcher} counts into and calls. */
export interface StreamWatcherDeps {
  readonly sent: TrafficCounts
  /** The stream ended, or refused data, before a message was sent. */
  onFailed(): void
  /** The stream was given bytes that are not a bitswap message: nothing more is counted on it. */
  onInvalid(protocol: string): void
  /** The stream has ended: there is nothing more to count. */
  onEnded(watcher: StreamWatcher): void
}

/**
 * Counts the messages that are sent on one stream.
 *
 * Data that is passed to `send` may wait in the stream's buffer and be dropped there, so a message counts when
 * `sendData` has taken its last byte. A message that was sent in part is a failure.
 */
export class StreamWatcher {
  readonly #deps: StreamWatcherDeps
  readonly #undo = new UndoList()
  /** Messages that are not sent yet, with the stream positions of their ends. */
  readonly #waiting: { readonly contents: TrafficTotals; readonly endsAt: number }[] = []
  readonly #scanner = new MessageScanner((contents, endsAt) => this.#waiting.push({ contents, endsAt }))
  /** Bytes of messages that were sent; below zero while the negotiation of the protocol is being sent. */
  #sentBytes: number
  #isStopped = false
  #hasFailed = false

  constructor(stream: StreamLike, deps: StreamWatcherDeps) {
    this.#deps = deps
    this.#sentBytes = -stream.writeBufferLength
    const { send, sendData, protocol = 'a bitswap stream' } = stream
    this.#replace(stream, 'send', (data: Bytes): boolean => {
      this.#scan(data, protocol)
      return this.#observeRefusal(() => send.call(stream, data as never))
    })
    this.#replace(stream, 'sendData', (data: Bytes): { readonly sentBytes: number } => {
      const result = sendData.call(stream, data as never)
      this.#countSent(result.sentBytes)
      return result
    })
    const onClose = (): void => this.#end()
    stream.addEventListener('close', onClose)
    this.#undo.add(() => stream.removeEventListener('close', onClose))
  }

  /** Restores the stream. Where other code has wrapped it since, the wrappers stay there and count nothing. */
  stop(): void {
    this.#isStopped = true
    this.#undo.run()
  }

  #scan(data: Bytes, protocol: string): void {
    const scanner = this.#scanner
    if (this.#isStopped || scanner.isBroken) return
    if (data instanceof Uint8Array) scanner.read(data)
    else if (typeof data?.[Symbol.iterator] === 'function') for (const chunk of data) scanner.read(chunk)
    if (scanner.isBroken) this.#deps.onInvalid(protocol)
  }

  #observeRefusal(send: () => boolean): boolean {
    try {
      return send()
    } catch (thrown) {
      this.#fail()
      throw thrown
    }
  }

  #countSent(bytes: number): void {
    if (this.#isStopped) return
    this.#sentBytes += bytes
    for (let first = this.#waiting[0]; first !== undefined && first.endsAt <= this.#sentBytes;) {
      this.#deps.sent.message(first.contents)
      this.#waiting.shift()
      first = this.#waiting[0]
    }
  }

  #end(): void {
    if (this.#waiting.length > 0 || (this.#scanner.isInside && !this.#scanner.isBroken)) this.#fail()
    this.#deps.onEnded(this)
  }

  #fail(): void {
    if (this.#hasFailed || this.#isStopped) return
    this.#hasFailed = true
    this.#deps.onFailed()
  }

  #replace(stream: object, name: string, method: (data: never) => unknown): void {
    this.#undo.add(replaceMethod(stream, name, method))
  }
}
