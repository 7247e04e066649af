import { observeCall, wrapMethod, type UndoList } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'
import type { SendFailureReason, TrafficCounts } from '../../traffic/counts.js'
import { streamInternals } from '../internals.js'
import type { ShapeCheck } from '../shape-check.js'
import type { Libp2pLike, StreamLike } from '../shapes.js'
import { StreamWatcher } from './stream-watcher.js'

/** What is counted of the messages that a node sends. */
export interface SendCounts {
  readonly sent: TrafficCounts
  readonly failedSends: Record<SendFailureReason, number>
}

/** What {@link watchDials} needs. */
export interface WatchDialsDeps {
  readonly counts: SendCounts
  readonly logOnce: LogOnce
  /** Where it notes streams, and bytes on them, that the plugin does not know. */
  readonly shape: ShapeCheck
}

/**
 * Counts the messages on the streams that a node opens for bitswap, one stream for each message.
 *
 * It does not wrap the network's `sendMessage`: there, messages to one peer are merged while they wait and split when
 * they are large, and errors after the stream was opened are swallowed.
 */
export function watchDials(libp2p: Libp2pLike, deps: WatchDialsDeps, undo: UndoList): void {
  const { counts, logOnce, shape } = deps
  const open = new Set<StreamWatcher>()
  let isOn = true
  const streamDeps = {
    sent: counts.sent,
    onFailed: () => void counts.failedSends.stream++,
    onInvalid: (protocol: string) => shape.add(`messages of bitswap 1.2.0 over ${protocol} (sent traffic)`),
    onEnded: (watcher: StreamWatcher) => void open.delete(watcher),
  }
  const watch = (stream: StreamLike): void => {
    if (!shape.has(stream, streamInternals)) return
    if (hasEnded(stream)) counts.failedSends.stream++
    else open.add(new StreamWatcher(stream, streamDeps))
  }
  const observer = {
    returned(stream: unknown): void {
      if (isOn) logOnce.guard('watching a bitswap stream', () => watch(stream as StreamLike))
    },
    failed(): void {
      if (isOn) counts.failedSends.dial++
    },
  }
  const restore = wrapMethod(libp2p, 'dialProtocol', (call, args) =>
    isBitswap(args[1]) ? observeCall(call, observer) : call(),
  )
  undo.add(() => {
    isOn = false
    restore()
    for (const watcher of open) watcher.stop()
    open.clear()
  })
}

/**
 * Whether a stream has ended before it is returned, as one that the peer resets at once: libp2p writes to its peer
 * store in between. Such a stream takes no message, and sends no `close` any more.
 */
function hasEnded({ status }: StreamLike): boolean {
  return status === 'closed' || status === 'aborted' || status === 'reset'
}

/** Whether a protocol, or each of a list, is bitswap in any version. */
function isBitswap(protocols: unknown): boolean {
  if (Array.isArray(protocols)) return protocols.length > 0 && protocols.every(isBitswap)
  return typeof protocols === 'string' && protocols.startsWith('/ipfs/bitswap')
}
