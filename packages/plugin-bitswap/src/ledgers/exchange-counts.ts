/** A ledger that counts its exchanges. */
export interface CountingLedger {
  readonly exchangeCount: number
}

/** With this many ledgers an update is due although no pass reads the total. */
const MIN_DUE_SIZE = 1_000

/**
 * The total of the exchanges of ledgers that come and go.
 *
 * A ledger is dropped when its peer disconnects, and is still incremented by sends in progress. Each ledger is
 * therefore kept here from its first message until it is finished, so that the total loses nothing and never falls.
 * Whoever adds ledgers must update when {@link isDue}, since collect passes can fail to come.
 */
export class ExchangeCounts {
  #total = 0
  /** The count of each ledger at the last update. */
  readonly #counted = new Map<CountingLedger, number>()
  #dueSize = MIN_DUE_SIZE

  /** Adds ledgers without what they have counted until now. */
  addOld(ledgers: Iterable<CountingLedger>): void {
    for (const ledger of ledgers) this.#counted.set(ledger, ledger.exchangeCount)
  }

  /** Adds a ledger with all that it has counted. Does nothing for one that was added. */
  addNew(ledger: CountingLedger): void {
    if (!this.#counted.has(ledger)) this.#counted.set(ledger, 0)
  }

  /** Adds up what was counted since the last update, removes the ledgers that are finished, returns the total. */
  update(isFinished: (ledger: CountingLedger) => boolean): number {
    for (const [ledger, counted] of this.#counted) {
      const { exchangeCount } = ledger
      if (exchangeCount > counted) {
        this.#total += exchangeCount - counted
        this.#counted.set(ledger, exchangeCount)
      }
      if (isFinished(ledger)) this.#counted.delete(ledger)
    }
    // twice what is in use: on average, one ledger is visited for each that is added
    this.#dueSize = Math.max(MIN_DUE_SIZE, 2 * this.#counted.size)
    return this.#total
  }

  /** Whether so many ledgers were added since the last update that most may be finished. */
  get isDue(): boolean {
    return this.#counted.size >= this.#dueSize
  }

  /** How many ledgers are kept. */
  get size(): number {
    return this.#counted.size
  }
}
