import { systemClock, type Clock } from '@tidegauge/core'
import { AdvertisementCounts } from './advertisement/counts.js'
import { readDebts, type LedgerBytes } from './ledgers/debts.js'
import type { BitswapSnapshot, BitswapSource } from './source.js'
import { TrafficCounts, type SendFailureReason } from './traffic/counts.js'
import { WantAges, type WantEntry } from './wants/want-ages.js'

/** Makes a recorder. `clock` measures the age of wants; default: the machine's. */
export function createBitswapRecorder({ clock = systemClock }: { clock?: Clock } = {}): BitswapRecorder {
  return new BitswapRecorder(clock)
}

/** Bytes of blocks exchanged with one connected peer. */
class RecordedLedger implements LedgerBytes {
  readonly peer: string
  bytesSent = 0
  bytesReceived = 0
  readonly #onExchange: () => void

  constructor(peer: string, onExchange: () => void) {
    this.peer = peer
    this.#onExchange = onExchange
  }

  /** Counts one exchange: a message with this many bytes of blocks was sent to the peer. */
  sent(bytes: number): void {
    this.bytesSent += bytes
    this.#onExchange()
  }

  /** Counts one exchange: a message with this many bytes of blocks was received from the peer. */
  received(bytes: number): void {
    this.bytesReceived += bytes
    this.#onExchange()
  }
}

/**
 * A source for bitswap implementations other than Helia's: the implementation makes these calls, and the recorder is
 * passed to `bitswap({ source })`. Every call only counts; none throws.
 */
class BitswapRecorder implements BitswapSource {
  /** Messages sent: call `sent.message({ blocks: 1, bytes: 1024 })`, or increment its fields. */
  readonly sent = new TrafficCounts()
  /** Messages received. */
  readonly received = new TrafficCounts()
  readonly advertisements = new AdvertisementCounts()
  readonly #failedSends: Record<SendFailureReason, number> = { dial: 0, stream: 0 }
  readonly #ledgers = new Map<string, RecordedLedger>()
  readonly #peers = new Set<string>()
  readonly #wants = new Map<string, WantEntry>()
  readonly #ages = new WantAges()
  readonly #clock: Clock
  readonly #onExchange = (): void => void this.#exchanges++
  #exchanges = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts a send that failed. Default: its stream ended before the message was sent. */
  sendFailed(reason: SendFailureReason = 'stream'): void {
    this.#failedSends[reason]++
  }

  /** A peer that speaks bitswap has connected. */
  connected(peer: string): void {
    this.#peers.add(peer)
  }

  /** A peer has disconnected. Removes its ledger; its exchanges stay counted. */
  disconnected(peer: string): void {
    this.#peers.delete(peer)
    this.#ledgers.delete(peer)
  }

  /** The ledger of a peer, which may be kept until the peer disconnects. */
  ledger(peer: string): RecordedLedger {
    const known = this.#ledgers.get(peer)
    if (known !== undefined) return known
    const ledger = new RecordedLedger(peer, this.#onExchange)
    this.#ledgers.set(peer, ledger)
    return ledger
  }

  /** A block is wanted from now on. A block that is wanted already keeps its age. */
  want(cid: string): void {
    if (this.#wants.has(cid)) return
    const entry: WantEntry = {}
    this.#wants.set(cid, entry)
    this.#ages.add(entry, this.#clock.monotonic())
  }

  /** A block has arrived, or is not wanted any more. */
  unwant(cid: string): void {
    this.#wants.delete(cid)
  }

  read(): BitswapSnapshot {
    return {
      sent: this.sent,
      received: this.received,
      failedSends: this.#failedSends,
      exchanges: this.#exchanges,
      peers: this.#peers.size,
      debts: readDebts(this.#ledgers.values(), ({ peer }) => peer),
      wantlist: this.#ages.read(this.#wants.values(), this.#clock.monotonic()),
      advertisements: this.advertisements,
    }
  }
}

export type { BitswapRecorder, RecordedLedger }
