import { replaceMethod, type UndoList } from '@tidegauge/attach'
import { type LogOnce } from '@tidegauge/core'
import { type OutgoingStream, SendTap } from './send-tap.js'
import type { SendFailureReason, TrafficTally } from './totals.js'

/** libp2p, as far as the bitswap network uses it to send. */
export interface DiallingNode {
  readonly dialProtocol: (...args: never[]) => Promise<unknown>
}

/** Where outgoing traffic is counted. */
export interface SentCounts {
  readonly sent: TrafficTally
  readonly failedSends: Record<SendFailureReason, number>
}

/**
 * Counts what leaves on streams that the node opens for bitswap: each message has a stream of its own.
 *
 * Not at the network's `sendMessage`: there, messages to one peer are merged while they wait, split when they are
 * large, and what fails after the stream was opened is swallowed.
 */
export function watchSending(node: DiallingNode, counts: SentCounts, logOnce: LogOnce, undo: UndoList): void {
  const open = new Set<SendTap>()
  let isOn = true
  const parts = {
    sent: counts.sent,
    onFailed: () => void counts.failedSends.stream++,
    onUnknown: (protocol: string) => logOnce.warn('unknown message', unknown(protocol)),
    onEnded: (tap: SendTap) => void open.delete(tap),
  }
  const watch = (stream: OutgoingStream): void => {
    if (hasEnded(stream)) counts.failedSends.stream++
    else open.add(new SendTap(stream, parts))
  }
  const tapped = <S>(stream: S): S => {
    if (isOn) logOnce.guard('watching a bitswap stream', () => watch(stream as OutgoingStream))
    return stream
  }
  const failed = (thrown: unknown): never => {
    if (isOn) counts.failedSends.dial++
    throw thrown
  }
  const { dialProtocol } = node
  const replacement = function (this: unknown, ...args: never[]): Promise<unknown> {
    const dialling = dialProtocol.apply(this as DiallingNode, args)
    return isOn && isBitswap(args[1]) ? dialling.then(tapped, failed) : dialling
  }
  undo.add(replaceMethod(node, 'dialProtocol', replacement))
  undo.add(() => {
    isOn = false
    for (const tap of open) tap.remove()
    open.clear()
  })
}

/**
 * Whether a stream is over when it is handed out, as one that the peer has reset at once: libp2p writes to its peer
 * store in between. Such a stream takes no message, and tells of no end any more.
 */
function hasEnded({ status }: OutgoingStream): boolean {
  return status === 'closed' || status === 'aborted' || status === 'reset'
}

function unknown(protocol: string): string {
  return `what the node sent over ${protocol} is no message as the specification of bitswap 1.2.0 has them: messages sent are not counted from there on to the end of such a stream; update @tidegauge/plugin-bitswap`
}

/** Whether a protocol, or each of a list, is bitswap, whatever its version. */
function isBitswap(protocols: unknown): boolean {
  if (Array.isArray(protocols)) return protocols.length > 0 && protocols.every(isBitswap)
  return typeof protocols === 'string' && protocols.startsWith('/ipfs/bitswap')
}
