import { replaceMethod, UndoList } from '@tidegauge/attach'
import { zeros, type ByDirection } from '../direction.js'
import type { MessageStreamLike } from './shapes.js'

/** From when on a tap counts: from the stream's creation, with what is in its buffers; or from now on. */
export type Since = 'creation' | 'now'

/** `Uint8Array` or `Uint8ArrayList`. */
type Bytes = Pick<Uint8Array, 'byteLength'>

/**
 * Counts the bytes of one stream into counts that were found once, with two additions for each piece of data.
 *
 * - Inbound: what is buffered already, then `onData`. At `dispatchEvent`, bytes that the negotiation read ahead and
 *   pushed back would count twice; a `message` listener would take the first frame from the protocol.
 * - Outbound: `sendData`, which gets what really leaves; `send` also gets what a reset drops before it leaves.
 * - A stream that is not an `AbstractMessageStream` of libp2p is counted at `dispatchEvent` and `send`.
 */
export class ByteTap implements ByDirection {
  /** Bytes of this stream alone. */
  inbound = 0
  outbound = 0
  /** The counts that the bytes are added to. */
  counts: ByDirection
  readonly #undo = new UndoList()

  constructor(stream: MessageStreamLike, counts: ByDirection, since: Since) {
    this.counts = counts
    if (typeof stream.onData === 'function') this.#tapOnData(stream, stream.onData, since)
    else this.#tapDispatch(stream)
    if (typeof stream.sendData === 'function') this.#tapSendData(stream, stream.sendData, since)
    else this.#tapSend(stream)
  }

  /** Restores the stream. When other code wrapped a method since, our method stays there, and counts nothing. */
  remove(): void {
    this.counts = zeros()
    this.#undo.run()
  }

  #tapOnData(stream: MessageStreamLike, onData: (data: never) => void, since: Since): void {
    if (since === 'creation') this.#addInbound(stream.readBufferLength)
    this.#replace(stream, 'onData', (data: Bytes): void => {
      const bytes = data.byteLength
      onData.call(stream, data as never)
      this.inbound += bytes
      this.counts.inbound += bytes
    })
  }

  #tapDispatch(stream: MessageStreamLike): void {
    const { dispatchEvent } = stream
    this.#replace(stream, 'dispatchEvent', (event: { type: string; data?: Bytes }): boolean => {
      if (event.type === 'message') this.#addInbound(event.data?.byteLength ?? 0)
      return dispatchEvent.call(stream, event as never)
    })
  }

  #tapSendData(
    stream: MessageStreamLike,
    sendData: (data: never) => { readonly sentBytes: number },
    since: Since,
  ): void {
    // bytes of the negotiation that wait in the buffer, and leave before the protocol's own
    let foreign = since === 'creation' ? stream.writeBufferLength : 0
    this.#replace(stream, 'sendData', (data: unknown): { readonly sentBytes: number } => {
      const result = sendData.call(stream, data as never)
      let bytes = result.sentBytes
      if (foreign > 0) {
        const skipped = Math.min(foreign, bytes)
        foreign -= skipped
        bytes -= skipped
      }
      this.outbound += bytes
      this.counts.outbound += bytes
      return result
    })
  }

  #tapSend(stream: MessageStreamLike): void {
    const { send } = stream
    this.#replace(stream, 'send', (data: Bytes): boolean => {
      const bytes = data.byteLength
      const canSendMore = send.call(stream, data as never)
      this.outbound += bytes
      this.counts.outbound += bytes
      return canSendMore
    })
  }

  #addInbound(bytes: number): void {
    this.inbound += bytes
    this.counts.inbound += bytes
  }

  #replace(stream: object, method: string, counting: (data: never) => unknown): void {
    this.#undo.add(replaceMethod(stream, method, counting))
  }
}
