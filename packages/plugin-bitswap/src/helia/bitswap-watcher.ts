import { safeGetMethod, UndoList } from '@tidegauge/attach'
import type { SourceContext } from '@tidegauge/core'
import { readDebts } from '../ledgers/debts.js'
import { ExchangeCounts, type CountingLedger } from '../ledgers/exchange-counts.js'
import type { BitswapSnapshot } from '../source.js'
import { TrafficCounts, type SendFailureReason } from '../traffic/counts.js'
import { WantAges } from '../wants/want-ages.js'
import { connectionsOf, countConnected, ofConnected, type IsConnected } from './connected.js'
import { bitswapInternals, ledgerInternals, logMissing } from './internals.js'
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

/** Counts and reads one instance of bitswap. */
export class BitswapWatcher {
  readonly #bitswap: BitswapLike
  readonly #parts: readonly unknown[]
  readonly #counts: NodeCounts
  readonly #context: Pick<SourceContext, 'clock' | 'logOnce'>
  readonly #undo = new UndoList()
  readonly #ages = new WantAges()
  #isLedgerChecked = false

  constructor(bitswap: BitswapLike, counts: NodeCounts, context: Pick<SourceContext, 'clock' | 'logOnce'>) {
    this.#bitswap = bitswap
    this.#parts = partsOf(bitswap)
    this.#counts = counts
    this.#context = context
    logMissing(bitswap, bitswapInternals, context.logOnce)
    this.#attach()
  }

  /** Whether this watches `bitswap`, and none of its parts was replaced since. */
  watches(bitswap: BitswapLike): boolean {
    const parts = partsOf(bitswap)
    return this.#parts.every((part, i) => part === parts[i])
  }

  /** The node as it is now, without what its version lacks. */
  read(): BitswapSnapshot {
    const { sent, received, failedSends } = this.#counts
    const { network, wantList } = this.#bitswap
    const isConnected = connectionsOf(network?.libp2p)
    const sendQueue = network?.sendQueue?.size
    const wants = wantList?.wants
    return {
      sent,
      received,
      failedSends,
      ...this.#readLedgers(isConnected),
      ...(isConnected !== undefined && typeof wantList?.peers?.keys === 'function'
        ? { peers: countConnected(wantList.peers.keys(), isConnected) }
        : {}),
      ...(typeof sendQueue === 'number' ? { sendQueue } : {}),
      ...(typeof wants?.values === 'function'
        ? { wantlist: this.#ages.read(wants.values(), this.#context.clock.monotonic()) }
        : {}),
    }
  }

  /** Restores the node. What was counted stays in the counts. */
  stop(): void {
    this.#undo.run()
    this.#counts.exchanges.update(() => true)
  }

  #attach(): void {
    const { network } = this.#bitswap
    const ledgers = this.#ledgers()
    if (ledgers !== undefined) this.#counts.exchanges.addOld(ledgers.values())
    const { logOnce } = this.#context
    if (typeof network?.libp2p?.dialProtocol === 'function')
      watchDials(network.libp2p, this.#counts, logOnce, this.#undo)
    if (safeGetMethod(network, 'addEventListener') === undefined) return
    const onMessage = (event: Event): void => {
      // not logOnce.guard: it needs a closure for each message
      try {
        this.#countMessage((event as CustomEvent<MessageDetail>).detail)
      } catch (thrown) {
        logOnce.warn('received', `counting a received message failed: ${String(thrown)}`)
      }
    }
    network!.addEventListener('bitswap:message', onMessage)
    this.#undo.add(() => network!.removeEventListener('bitswap:message', onMessage))
  }

  /** Bitswap's own listener comes first: the peer's ledger exists, and has counted the message. */
  #countMessage({ message, connection }: MessageDetail): void {
    const ledgers = this.#ledgers()
    const ledger = ledgers?.get(connection.remotePeer)
    if (ledgers !== undefined && ledger !== undefined) {
      if (!this.#isLedgerChecked) logMissing(ledger, ledgerInternals, this.#context.logOnce)
      this.#isLedgerChecked = true
      const { exchanges } = this.#counts
      exchanges.addNew(ledger)
      if (exchanges.isDue) exchanges.update((one) => isFinished(one, ledgers))
    }
    countReceived(message, this.#counts.received)
  }

  #readLedgers(isConnected: IsConnected | undefined): Pick<BitswapSnapshot, 'exchanges' | 'debts'> {
    const ledgers = this.#ledgers()
    if (ledgers === undefined) return {}
    const exchanges = this.#counts.exchanges.update((one) => isFinished(one, ledgers))
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
