import { safeGetMethod, UndoList } from '@tidegauge/attach'
import type { Clock, LogOnce } from '@tidegauge/core'
import { readDebts } from '../ledgers/debts.js'
import { ExchangeCounts, type CountingLedger } from '../ledgers/exchange-counts.js'
import type { BitswapSnapshot } from '../source.js'
import { TrafficCounts, type SendFailureReason } from '../traffic/counts.js'
import { WantAges } from '../wants/want-ages.js'
import { connectionsOf, countConnected, ofConnected, type IsConnected } from './connected.js'
import { bitswapInternals, ledgerInternals, messageInternals, wantInternals } from './internals.js'
import type { ShapeCheck } from './shape-check.js'
import type { BitswapLike, LedgerLike, LedgerMapLike, MessageDetail } from './shapes.js'
import { countReceived } from './traffic/received.js'
import { watchDials } from './traffic/watch-dials.js'

/** What is counted of a node, over all instances of bitswap that it has had. */
export class NodeCounts {
  readonly sent = new TrafficCounts()
  readonly received = new TrafficCounts()
  readonly failedSends: Record<SendFailureReason, number> = { dial: 0, stream: 0 }
  readonly exchanges = new ExchangeCounts()
}

/** What a {@link BitswapWatcher} needs. */
export interface BitswapWatcherDeps {
  readonly counts: NodeCounts
  readonly clock: Clock
  readonly logOnce: LogOnce
  /** Where it notes what the node lacks. */
  readonly shape: ShapeCheck
}

/** Counts and reads one instance of bitswap. */
export class BitswapWatcher {
  readonly #bitswap: BitswapLike
  readonly #parts: readonly unknown[]
  readonly #deps: BitswapWatcherDeps
  readonly #undo = new UndoList()
  readonly #ages = new WantAges()
  #isMessageKnown = false
  #isLedgerChecked = false

  constructor(bitswap: BitswapLike, deps: BitswapWatcherDeps) {
    this.#bitswap = bitswap
    this.#parts = partsOf(bitswap)
    this.#deps = deps
    deps.shape.has(bitswap, bitswapInternals)
    this.#attach()
  }

  /** What of the node does not run, although Helia does: its libp2p or its bitswap was stopped by itself. */
  get stopped(): string | undefined {
    const { network } = this.#bitswap
    const status = network?.libp2p?.status
    if (status !== undefined && status !== 'started') return `the libp2p of the Helia node is ${status}`
    return network?.running === false ? 'the bitswap of the Helia node is stopped' : undefined
  }

  /** Whether this watches `bitswap`, and none of its parts was replaced since. */
  watches(bitswap: BitswapLike): boolean {
    const parts = partsOf(bitswap)
    return this.#parts.every((part, i) => part === parts[i])
  }

  /** The node as it is now, without what its version lacks. */
  read(): BitswapSnapshot {
    const { sent, received, failedSends } = this.#deps.counts
    const { network, wantList } = this.#bitswap
    const isConnected = connectionsOf(network?.libp2p)
    const sendQueue = network?.sendQueue?.size
    return {
      sent,
      received,
      failedSends,
      ...this.#readLedgers(isConnected),
      ...(isConnected !== undefined && typeof wantList?.peers?.keys === 'function'
        ? { peers: countConnected(wantList.peers.keys(), isConnected) }
        : {}),
      ...(typeof sendQueue === 'number' ? { sendQueue } : {}),
      ...this.#readWants(),
    }
  }

  /** Restores the node. What was counted stays in the counts. */
  stop(): void {
    this.#undo.run()
    this.#deps.counts.exchanges.update(() => true)
  }

  #attach(): void {
    const { network } = this.#bitswap
    const ledgers = this.#ledgers()
    const { counts, logOnce, shape } = this.#deps
    if (ledgers !== undefined) counts.exchanges.addOld(ledgers.values())
    if (typeof network?.libp2p?.dialProtocol === 'function')
      watchDials(network.libp2p, this.#deps, this.#undo)
    if (safeGetMethod(network, 'addEventListener') === undefined) return
    const onMessage = (event: Event): void => {
      // not logOnce.guard: it needs a closure for each message
      try {
        this.#countMessage((event as CustomEvent<MessageDetail>).detail)
      } catch (thrown) {
        logOnce.warn('received', `counting a received message failed: ${String(thrown)}`)
        shape.add('received messages that can be counted (received traffic)')
      }
    }
    network!.addEventListener('bitswap:message', onMessage)
    this.#undo.add(() => network!.removeEventListener('bitswap:message', onMessage))
  }

  /** Bitswap's own listener comes first: the peer's ledger exists, and has counted the message. */
  #countMessage(detail: MessageDetail): void {
    const { counts, shape } = this.#deps
    this.#isMessageKnown ||= shape.has(detail, messageInternals)
    if (!this.#isMessageKnown) return
    const { message, connection } = detail
    const ledgers = this.#ledgers()
    const ledger = ledgers?.get(connection.remotePeer)
    if (ledgers !== undefined && ledger !== undefined) {
      if (!this.#isLedgerChecked) shape.has(ledger, ledgerInternals)
      this.#isLedgerChecked = true
      const { exchanges } = counts
      exchanges.addNew(ledger)
      if (exchanges.isDue) exchanges.update((one) => isFinished(one, ledgers))
    }
    const unknown = countReceived(message, counts.received)
    if (unknown !== undefined) shape.add(`received message.${unknown} (received traffic)`)
  }

  #readWants(): Pick<BitswapSnapshot, 'wantlist'> {
    const { clock, shape } = this.#deps
    const wants = this.#bitswap.wantList?.wants
    if (typeof wants?.values !== 'function') return {}
    for (const want of wants.values()) {
      if (!shape.has(want, wantInternals)) return {}
      break
    }
    return { wantlist: this.#ages.read(wants.values(), clock.monotonic()) }
  }

  #readLedgers(isConnected: IsConnected | undefined): Pick<BitswapSnapshot, 'exchanges' | 'debts'> {
    const ledgers = this.#ledgers()
    if (ledgers === undefined) return {}
    const exchanges = this.#deps.counts.exchanges.update((one) => isFinished(one, ledgers))
    if (isConnected === undefined) return { exchanges }
    const connected = ofConnected(ledgers.values(), isConnected)
    return { exchanges, debts: readDebts(connected, ({ peerId }) => peerId.toString()) }
  }

  #ledgers(): LedgerMapLike | undefined {
    const ledgers = this.#bitswap.peerWantLists?.ledgerMap
    return typeof ledgers?.get === 'function' && typeof ledgers.values === 'function' ? ledgers : undefined
  }
}

/** Whether bitswap has dropped a ledger, and no send in progress will increment it any more. */
function isFinished(one: CountingLedger, ledgers: LedgerMapLike): boolean {
  const ledger = one as LedgerLike
  return ledgers.get(ledger.peerId) !== ledger && (ledger.sendQueue?.size ?? 0) === 0
}

function partsOf(bitswap: BitswapLike): unknown[] {
  const { network, peerWantLists, wantList } = bitswap
  return [bitswap, network, network?.libp2p, peerWantLists?.ledgerMap, wantList?.wants]
}
