import {
  isFunction,
  observeCall,
  replaceMethod,
  safeGet,
  safeGetMethod,
  UndoList,
  wrapMethod,
  type Undo,
} from '@tidegauge/attach'
import type { Direction } from '../direction.js'
import type { ConnectionLike, StreamLike } from './shapes.js'

const TOO_MANY = {
  inbound: 'TooManyInboundProtocolStreamsError',
  outbound: 'TooManyOutboundProtocolStreamsError',
}

/** Called for each stream that the node refused, because its protocol has as many as it may have on the connection. */
export type OnStreamRefused = (protocol: string, direction: Direction) => void

/** How one connection is watched. */
export interface ConnectionStreamsSettings {
  /** Whether the transport itself provides the streams. */
  readonly isNative: boolean
  /** Whether the streams must be restored. */
  readonly isRemovable: boolean
}

/**
 * Watches the streams of connections before libp2p reports them: which ones are native, and which ones are refused.
 *
 * libp2p aborts an incoming stream that is refused, and reports it to nobody; `newStream` throws for an outgoing one.
 */
export class ConnectionStreams {
  readonly #onRefused: OnStreamRefused
  readonly #natives = new WeakSet<object>()
  /** Of streams that must be restored, while they negotiate. */
  readonly #negotiating = new Map<object, Undo>()

  constructor(onRefused: OnStreamRefused) {
    this.#onRefused = onRefused
  }

  /** Whether the streams of a connection can be watched. */
  static canWatch({ muxer }: ConnectionLike): boolean {
    return isFunction(safeGet(muxer, 'addEventListener')) && isFunction(safeGet(muxer, 'createStream'))
  }

  isNative(stream: object): boolean {
    return this.#natives.has(stream)
  }

  watch(connection: ConnectionLike, settings: ConnectionStreamsSettings): Undo {
    const undo = new UndoList()
    const { muxer } = connection
    const onStream = (event: Event): void =>
      this.#incoming((event as CustomEvent<StreamLike>).detail, settings)
    muxer?.addEventListener('stream', onStream)
    undo.add(() => muxer?.removeEventListener('stream', onStream))
    if (settings.isNative) this.#watchNatives(connection, undo)
    if (safeGetMethod(connection, 'newStream') !== undefined) undo.add(this.#watchOutgoing(connection))
    return () => undo.run()
  }

  /** libp2p has accepted the stream: nothing can refuse it any more. */
  accepted(stream: object): void {
    this.#negotiating.get(stream)?.()
    this.#negotiating.delete(stream)
  }

  stop(): void {
    for (const stream of this.#negotiating.keys()) this.accepted(stream)
  }

  #watchNatives(connection: ConnectionLike, undo: UndoList): void {
    const returned = (stream: unknown): void => void this.#natives.add(stream as object)
    for (const stream of connection.streams) returned(stream)
    const observer = { returned, failed: (): void => {} }
    undo.add(wrapMethod(connection.muxer!, 'createStream', (call) => observeCall(call, observer)))
  }

  #incoming(stream: StreamLike, { isNative, isRemovable }: ConnectionStreamsSettings): void {
    if (isNative) this.#natives.add(stream)
    // one that needs no negotiation was refused already: nothing else can abort it before this event
    if (stream.status === 'aborted' && stream.protocol !== '')
      return this.#onRefused(stream.protocol, 'inbound')
    const { abort } = stream
    if (!isFunction(abort)) return
    const watching = (error: Error): void => {
      this.accepted(stream)
      if (error?.name === TOO_MANY.inbound) this.#onRefused(stream.protocol, 'inbound')
      Reflect.apply(abort, stream, [error])
    }
    // a plain property is cheaper, and enough where nothing is restored
    if (isRemovable) this.#negotiating.set(stream, replaceMethod(stream, 'abort', watching))
    else (stream as { abort: unknown }).abort = watching
  }

  #watchOutgoing(connection: ConnectionLike): Undo {
    return wrapMethod(connection, 'newStream', (call, [protocols]) =>
      observeCall(call, {
        returned: () => {},
        failed: (error) => {
          if (safeGet(error, 'name') === TOO_MANY.outbound)
            this.#onRefused(protocolOf(protocols, error), 'outbound')
        },
      }),
    )
  }
}

/** Of several protocols, only the message of the error has the one that was agreed on. */
function protocolOf(protocols: unknown, error: unknown): string {
  const all: readonly unknown[] = Array.isArray(protocols) ? protocols : [protocols]
  if (all.length === 1) return String(all[0])
  return /protocol "([^"]+)"/.exec(String(safeGet(error, 'message')))?.[1] ?? 'unknown'
}
