import { replaceMethod, UndoList } from '@tidegauge/attach'
import type { MessageStreamLike } from '../node/shapes.js'

/** Bytes in each direction, as plain numbers. */
export interface ByteCell {
  in: number
  out: number
}

/** From when a tap counts: from the stream's birth, or only from now on. */
export type Since = 'birth' | 'now'

/** `Uint8Array` or `Uint8ArrayList`. */
interface Bytes {
  readonly byteLength: number
}

/**
 * Counts the bytes of one stream into a cell that was found once, with two additions for each piece of data.
 *
 * - In: what is buffered already, then `onData`. Wrapping `dispatchEvent` would count bytes twice that protocol
 *   negotiation read ahead and pushed back; a `message` listener would take the first frame from the protocol.
 * - Out: `sendData`, which sees what really leaves; `send` also sees what a reset throws away before it does.
 * - Streams that are not libp2p's `AbstractMessageStream` are counted at `dispatchEvent` and `send`.
 */
export class MethodWrapper implements ByteCell {
  in = 0
  out = 0
  cell: ByteCell
  readonly #undo = new UndoList()

  constructor(stream: MessageStreamLike, cell: ByteCell, since: Since) {
    this.cell = cell
    this.#tapIn(stream, since)
    if (typeof stream.sendData === 'function')
      this.#tapSendData(stream, since === 'birth' ? stream.writeBufferLength : 0)
    else this.#tapSend(stream)
  }

  /** Leaves the stream as it was. Below somebody else's methods ours go on, and count to nowhere. */
  remove(): void {
    this.cell = { in: 0, out: 0 }
    this.#undo.run()
  }

  #tapIn(stream: MessageStreamLike, since: Since): void {
    const { onData } = stream
    if (typeof onData !== 'function') return this.#tapDispatch(stream)
    if (since === 'birth') this.#addIn(stream.readBufferLength)
    this.#replace(stream, 'onData', (data: Bytes): void => {
      const bytes = data.byteLength
      onData.call(stream, data as never)
      this.in += bytes
      this.cell.in += bytes
    })
  }

  #tapDispatch(stream: MessageStreamLike): void {
    const { dispatchEvent } = stream
    this.#replace(stream, 'dispatchEvent', (event: { type: string; data?: Bytes }): boolean => {
      if (event.type === 'message') this.#addIn(event.data?.byteLength ?? 0)
      return dispatchEvent.call(stream, event as never)
    })
  }

  /** `queued`: bytes of the negotiation that wait in the buffer and will leave before the protocol's own. */
  #tapSendData(stream: MessageStreamLike, queued: number): void {
    const sendData = stream.sendData!
    let foreign = queued
    this.#replace(stream, 'sendData', (data: unknown): { readonly sentBytes: number } => {
      const result = sendData.call(stream, data as never)
      let bytes = result.sentBytes
      if (foreign > 0) {
        const skipped = Math.min(foreign, bytes)
        foreign -= skipped
        bytes -= skipped
      }
      this.out += bytes
      this.cell.out += bytes
      return result
    })
  }

  #tapSend(stream: MessageStreamLike): void {
    const { send } = stream
    this.#replace(stream, 'send', (data: Bytes): boolean => {
      const bytes = data.byteLength
      const canSendMore = send.call(stream, data as never)
      this.out += bytes
      this.cell.out += bytes
      return canSendMore
    })
  }

  #addIn(bytes: number): void {
    this.in += bytes
    this.cell.in += bytes
  }

  #replace(stream: object, method: string, counting: (data: never) => unknown): void {
    this.#undo.add(replaceMethod(stream, method, counting))
  }
}
