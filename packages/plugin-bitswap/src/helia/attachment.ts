import { UndoList } from '@tidegauge/core'
import { readDebts } from '../ledgers/debts.js'
import { ExchangeBook, type CountingLedger } from '../ledgers/exchange-book.js'
import type { BitswapSnapshot, BitswapSourceContext } from '../source/source.js'
import { watchSending } from '../traffic/dial-tap.js'
import { countReceived } from '../traffic/received.js'
import { TrafficTally, type SendFailureReason } from '../traffic/totals.js'
import { WantAges } from '../wants/want-ages.js'
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
  #stale: WeakMap<LedgerLike, number> | undefined
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
    const peers = wantList?.peers?.size
    const sendQueue = network?.sendQueue?.size
    const wants = wantList?.wants
    return {
      sent,
      received,
      failedSends,
      ...this.#readLedgers(),
      ...(typeof peers === 'number' ? { peers } : {}),
      ...(typeof sendQueue === 'number' ? { sendQueue } : {}),
      ...(typeof wants?.values === 'function'
        ? { wantlist: this.#ages.look(wants.values(), this.#context.clock.monotonic()) }
        : {}),
    }
  }

  /**
   * The node has stopped. Bitswap keeps the ledgers of the peers that were connected then, also when it starts again,
   * though none of them is here: such a ledger is no debt until it is used again.
   */
  nodeStopped(): void {
    this.#stale = new WeakMap()
    for (const ledger of this.#ledgers()?.values() ?? []) this.#stale.set(ledger, ledger.exchangeCount)
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
    const { notices } = this.#context
    if (typeof network?.libp2p?.dialProtocol === 'function')
      watchSending(network.libp2p, this.#totals, notices, this.#undo)
    if (typeof network?.addEventListener !== 'function') return
    const onMessage = (event: Event): void => {
      // a closure for each message would be waste
      try {
        this.#received((event as CustomEvent<MessageDetail>).detail)
      } catch (thrown) {
        notices.warn('received', `counting a message failed: ${String(thrown)}`)
      }
    }
    network.addEventListener('bitswap:message', onMessage)
    this.#undo.add(() => network.removeEventListener('bitswap:message', onMessage))
  }

  /** Bitswap itself listens before us: the ledger of the peer is there, and has counted the message. */
  #received({ message, connection }: MessageDetail): void {
    const ledger = this.#ledgers()?.get(connection.remotePeer)
    if (ledger !== undefined) {
      if (!this.#isLedgerKnown) this.#tell(missingInLedger(ledger))
      this.#isLedgerKnown = true
      this.#totals.exchanges.meet(ledger)
    }
    countReceived(message, this.#totals.received)
  }

  #tell(missing: string | undefined): void {
    if (missing !== undefined) this.#context.logger.error(missing)
  }

  #readLedgers(): Pick<BitswapSnapshot, 'exchanges' | 'debts'> {
    const ledgers = this.#ledgers()
    if (ledgers === undefined) return {}
    return {
      exchanges: this.#totals.exchanges.settle((ledger) => isOver(ledger, ledgers)),
      debts: readDebts(this.#inUse(ledgers), ({ peerId }) => peerId.toString()),
    }
  }

  #inUse(ledgers: LedgerMapLike): Iterable<LedgerLike> {
    const stale = this.#stale
    return stale === undefined ? ledgers.values() : withoutStale(ledgers.values(), stale)
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

function* withoutStale(
  ledgers: Iterable<LedgerLike>,
  stale: WeakMap<LedgerLike, number>,
): Generator<LedgerLike> {
  for (const ledger of ledgers) if (stale.get(ledger) !== ledger.exchangeCount) yield ledger
}

function partsOf(bitswap: BitswapLike): unknown[] {
  const { network, peerWantLists, wantList } = bitswap
  return [bitswap, network, network?.libp2p, peerWantLists?.ledgerMap, wantList?.wants]
}
