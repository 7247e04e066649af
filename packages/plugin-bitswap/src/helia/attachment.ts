import { UndoList } from '@tidegauge/attach'
import { readDebts } from '../ledgers/debts.js'
import { ExchangeBook, type CountingLedger } from '../ledgers/exchange-book.js'
import type { BitswapSnapshot, BitswapSourceContext } from '../source/source.js'
import { watchSending } from '../traffic/dial-tap.js'
import { countReceived } from '../traffic/received.js'
import { TrafficTally, type SendFailureReason } from '../traffic/totals.js'
import { WantAges } from '../wants/want-ages.js'
import { connectionsOf, countConnected, ofConnected, type IsConnected } from './connected.js'
import { missingInLedger, missingInternals } from './internals.js'
import type { BitswapLike, LedgerLike, LedgerMapLike, MessageDetail } from './shapes.js'

/** What is counted about a node, over all the bitswaps that it ever had. */
export class NodeTotals {
  readonly sent = new TrafficTally()
  readonly received = new TrafficTally()
  readonly failedSends: Record<SendFailureReason, number> = { dial: 0, stream: 0 }
  readonly exchanges = new ExchangeBook()
}

/** Watches one instance of bitswap. */
export class Attachment {
  readonly #bitswap: BitswapLike
  readonly #parts: readonly unknown[]
  readonly #totals: NodeTotals
  readonly #context: BitswapSourceContext
  readonly #undo = new UndoList()
  readonly #ages = new WantAges()
  #isLedgerKnown = false

  constructor(bitswap: BitswapLike, totals: NodeTotals, context: BitswapSourceContext) {
    this.#bitswap = bitswap
    this.#parts = partsOf(bitswap)
    this.#totals = totals
    this.#context = context
    this.#tell(missingInternals(bitswap))
    this.#attach()
  }

  /** Whether a bitswap is this one, with nothing inside of it made anew. */
  fits(bitswap: BitswapLike): boolean {
    const parts = partsOf(bitswap)
    return this.#parts.every((part, i) => part === parts[i])
  }

  /** The node as it is now; what its version does not show is left out. */
  read(): BitswapSnapshot {
    const { sent, received, failedSends } = this.#totals
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
        ? { wantlist: this.#ages.look(wants.values(), this.#context.clock.monotonic()) }
        : {}),
    }
  }

  /** Leaves the node as it was. The totals keep what was counted. */
  detach(): void {
    this.#undo.run()
    this.#totals.exchanges.settle(() => true)
  }

  #attach(): void {
    const { network } = this.#bitswap
    const ledgers = this.#ledgers()
    if (ledgers !== undefined) this.#totals.exchanges.begin(ledgers.values())
    const { logOnce } = this.#context
    if (typeof network?.libp2p?.dialProtocol === 'function')
      watchSending(network.libp2p, this.#totals, logOnce, this.#undo)
    if (typeof network?.addEventListener !== 'function') return
    const onMessage = (event: Event): void => {
      // a closure for each message would be waste
      try {
        this.#received((event as CustomEvent<MessageDetail>).detail)
      } catch (thrown) {
        logOnce.warn('received', `counting a message failed: ${String(thrown)}`)
      }
    }
    network.addEventListener('bitswap:message', onMessage)
    this.#undo.add(() => network.removeEventListener('bitswap:message', onMessage))
  }

  /** Bitswap itself listens before us: the ledger of the peer is there, and has counted the message. */
  #received({ message, connection }: MessageDetail): void {
    const ledgers = this.#ledgers()
    const ledger = ledgers?.get(connection.remotePeer)
    if (ledgers !== undefined && ledger !== undefined) {
      if (!this.#isLedgerKnown) this.#tell(missingInLedger(ledger))
      this.#isLedgerKnown = true
      const { exchanges } = this.#totals
      exchanges.meet(ledger)
      if (exchanges.isFull) exchanges.settle((known) => isOver(known, ledgers))
    }
    countReceived(message, this.#totals.received)
  }

  #tell(missing: string | undefined): void {
    if (missing !== undefined) this.#context.logger.error(missing)
  }

  #readLedgers(isConnected: IsConnected | undefined): Pick<BitswapSnapshot, 'exchanges' | 'debts'> {
    const ledgers = this.#ledgers()
    if (ledgers === undefined) return {}
    const exchanges = this.#totals.exchanges.settle((ledger) => isOver(ledger, ledgers))
    if (isConnected === undefined) return { exchanges }
    const inUse = ofConnected(ledgers.values(), isConnected)
    return { exchanges, debts: readDebts(inUse, ({ peerId }) => peerId.toString()) }
  }

  #ledgers(): LedgerMapLike | undefined {
    const ledgers = this.#bitswap.peerWantLists?.ledgerMap
    return typeof ledgers?.get === 'function' && typeof ledgers.values === 'function' ? ledgers : undefined
  }
}

/** A ledger that bitswap has thrown away, and that no send under way will count up any more. */
function isOver(known: CountingLedger, ledgers: LedgerMapLike): boolean {
  const ledger = known as LedgerLike
  return ledgers.get(ledger.peerId) !== ledger && (ledger.sendQueue?.size ?? 0) === 0
}

function partsOf(bitswap: BitswapLike): unknown[] {
  const { network, peerWantLists, wantList } = bitswap
  return [bitswap, network, network?.libp2p, peerWantLists?.ledgerMap, wantList?.wants]
}
