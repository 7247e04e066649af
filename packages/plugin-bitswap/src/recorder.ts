import { systemClock, type Clock } from '@tidegauge/core'
import { AdvertisementTally } from './advertisement/tally.js'
import { readDebts, type LedgerBytes } from './ledgers/debts.js'
import type { BitswapSnapshot, BitswapSource } from './source/source.js'
import { TrafficTally, type SendFailureReason } from './traffic/totals.js'
import { WantAges, type WantEntry } from './wants/want-ages.js'

/** What was exchanged with one peer while it is connected. */
export interface RecordedLedger extends LedgerBytes {
  /** A message with this many bytes of blocks was sent to the peer: one exchange. */
  sent(bytes: number): void
  /** A message with this many bytes of blocks came from the peer: one exchange. */
  received(bytes: number): void
}

/**
 * A source for bitswap stacks other than Helia's: an implementation makes these calls, and gives the recorder to
 * `bitswap({ source })`. Recording is counting up numbers; nothing here throws.
 */
export interface BitswapRecorder extends BitswapSource {
  /** Messages that left: `sent.message({ blocks: 1, bytes: 1024 })`, or count its fields up in place. */
  readonly sent: TrafficTally
  /** Messages that came in. */
  readonly received: TrafficTally
  readonly advertisements: AdvertisementTally
  /** A send that failed. Default: the stream ended before the message had left. */
  sendFailed(reason?: SendFailureReason): void
  /** A peer that speaks bitswap has connected. */
  connected(peer: string): void
  /** A peer has disconnected; its ledger is forgotten, its exchanges are not. */
  disconnected(peer: string): void
  /** The ledger of a peer; keep it as long as the peer is connected. */
  ledger(peer: string): RecordedLedger
  /** A block is wanted from now on; wanted twice, it keeps its age. */
  want(cid: string): void
  /** A block has come, or is not wanted any more. */
  unwant(cid: string): void
  read(): BitswapSnapshot
}

/** Makes a recorder. `clock` tells the age of wants; default: the system's. */
export function createBitswapRecorder({ clock = systemClock }: { clock?: Clock } = {}): BitswapRecorder {
  return new Recorder(clock)
}

class Ledger implements RecordedLedger {
  readonly peer: string
  bytesSent = 0
  bytesReceived = 0
  readonly #exchanged: () => void

  constructor(peer: string, exchanged: () => void) {
    this.peer = peer
    this.#exchanged = exchanged
  }

  sent(bytes: number): void {
    this.bytesSent += bytes
    this.#exchanged()
  }

  received(bytes: number): void {
    this.bytesReceived += bytes
    this.#exchanged()
  }
}

class Recorder implements BitswapRecorder {
  readonly sent = new TrafficTally()
  readonly received = new TrafficTally()
  readonly advertisements = new AdvertisementTally()
  readonly #failedSends: Record<SendFailureReason, number> = { dial: 0, stream: 0 }
  readonly #ledgers = new Map<string, Ledger>()
  readonly #peers = new Set<string>()
  readonly #wants = new Map<string, WantEntry>()
  readonly #ages = new WantAges()
  readonly #clock: Clock
  readonly #exchanged = (): void => void this.#exchanges++
  #exchanges = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  sendFailed(reason: SendFailureReason = 'stream'): void {
    this.#failedSends[reason]++
  }

  connected(peer: string): void {
    this.#peers.add(peer)
  }

  disconnected(peer: string): void {
    this.#peers.delete(peer)
    this.#ledgers.delete(peer)
  }

  ledger(peer: string): RecordedLedger {
    const known = this.#ledgers.get(peer)
    if (known !== undefined) return known
    const ledger = new Ledger(peer, this.#exchanged)
    this.#ledgers.set(peer, ledger)
    return ledger
  }

  want(cid: string): void {
    if (this.#wants.has(cid)) return
    const entry: WantEntry = {}
    this.#wants.set(cid, entry)
    this.#ages.note(entry, this.#clock.monotonic())
  }

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
      wantlist: this.#ages.look(this.#wants.values(), this.#clock.monotonic()),
      advertisements: this.advertisements,
    }
  }
}
