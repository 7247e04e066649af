/** A ledger, as far as its exchanges are counted. */
export interface CountingLedger {
  readonly exchangeCount: number
}

/** A book of so many ledgers is looked through also when nobody asks for the total. */
const FULL_AT = 1_000

/**
 * The exchanges of ledgers that come and go.
 *
 * A ledger is thrown away when its peer disconnects, and is still counted up by sends that are under way then. So
 * each is remembered from its first message on, until it is gone and idle; the total never falls and loses none.
 * Who adds ledgers settles the book when it is full, since passes can fail to come.
 */
export class ExchangeBook {
  #total = 0
  /** What each ledger had counted when it was last looked at. */
  readonly #seen = new Map<CountingLedger, number>()
  #fullAt = FULL_AT

  /** Takes up ledgers that lived before anybody watched: what they counted until now is not ours. */
  begin(ledgers: Iterable<CountingLedger>): void {
    for (const ledger of ledgers) this.#seen.set(ledger, ledger.exchangeCount)
  }

  /** Takes up a ledger that is new, with all that it has counted. */
  meet(ledger: CountingLedger): void {
    if (!this.#seen.has(ledger)) this.#seen.set(ledger, 0)
  }

  /** Adds what was counted since. Ledgers that are `over` are looked at for the last time. */
  settle(isOver: (ledger: CountingLedger) => boolean): number {
    for (const [ledger, seen] of this.#seen) {
      const { exchangeCount } = ledger
      if (exchangeCount > seen) {
        this.#total += exchangeCount - seen
        this.#seen.set(ledger, exchangeCount)
      }
      if (isOver(ledger)) this.#seen.delete(ledger)
    }
    // twice what is in use: each ledger is looked at about once more for each that is added
    this.#fullAt = Math.max(FULL_AT, 2 * this.#seen.size)
    return this.#total
  }

  /** Whether it is time to settle: so many ledgers have come since the last time that most may be gone. */
  get isFull(): boolean {
    return this.#seen.size >= this.#fullAt
  }

  /** Ledgers that are remembered. */
  get size(): number {
    return this.#seen.size
  }
}
