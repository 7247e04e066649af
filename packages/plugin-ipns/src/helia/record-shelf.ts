import { Calculation, describeThrown, settleInTime, type Clock } from '@tidegauge/core'
import type { IpnsPass } from '../source.js'
import type { DatastoreLike } from './shapes.js'
import { readStoredRecords, type StoredRecord } from './stored-records.js'

/** How long a datastore may take for all records before the pass counts as failed. */
const PATIENCE_MS = 5_000

/** The records as they were last read. They are read again when something was written, or after a while. */
export class RecordShelf {
  readonly #datastore: DatastoreLike
  readonly #maxAgeMs: number
  readonly #clock: Clock
  readonly #reading: Calculation
  readonly #abort = new AbortController()
  #records: ReadonlyMap<string, StoredRecord> | undefined
  #version = 0
  #readVersion = -1
  #readAtMs = -Infinity
  #askedAtMs: number | undefined
  #failure: string | undefined

  constructor(datastore: DatastoreLike, maxAgeMs: number, clock: Clock) {
    this.#datastore = datastore
    this.#maxAgeMs = maxAgeMs
    this.#clock = clock
    this.#reading = new Calculation(() => this.#read())
  }

  /** The records; undefined when they can't be read now. */
  get records(): ReadonlyMap<string, StoredRecord> | undefined {
    return this.fault === undefined ? this.#records : undefined
  }

  /** Whether nothing has been written, as far as is known, since the records were read. */
  get isCurrent(): boolean {
    return this.fault === undefined && this.#readVersion === this.#version
  }

  /** Why the records can't be read. */
  get fault(): string | undefined {
    if (this.#failure !== undefined) return `the records can't be read from the datastore: ${this.#failure}`
    const waitedMs = this.#askedAtMs === undefined ? 0 : this.#clock.monotonic() - this.#askedAtMs
    const isLate = this.#records === undefined || waitedMs > PATIENCE_MS
    return isLate ? "the records can't be read: the datastore has not answered yet" : undefined
  }

  /** Something was written. */
  touch(): void {
    this.#version++
  }

  /**
   * Reads again, if that is called for, and waits for it in the time that the pass has. A slow reading goes on and
   * serves a later pass; there is one at a time.
   */
  async refresh(pass: IpnsPass): Promise<void> {
    const ageMs = this.#clock.monotonic() - this.#readAtMs
    if (this.isCurrent && ageMs < this.#maxAgeMs) return
    this.#askedAtMs ??= this.#clock.monotonic()
    const version = this.#version
    const answer = this.#reading.run(
      (records) => this.#take(records as ReadonlyMap<string, StoredRecord>, version),
      (thrown) => this.#fail(describeThrown(thrown)),
    )
    if (answer !== undefined) await settleInTime([answer], { ...pass, instruments: {} }, this.#clock)
  }

  /** Ends a reading that is under way. */
  close(): void {
    this.#abort.abort()
  }

  #read(): Promise<ReadonlyMap<string, StoredRecord>> {
    return readStoredRecords(this.#datastore, this.#abort.signal)
  }

  #take(records: ReadonlyMap<string, StoredRecord>, version: number): void {
    this.#records = records
    this.#readVersion = version
    this.#readAtMs = this.#clock.monotonic()
    this.#askedAtMs = undefined
    this.#failure = undefined
  }

  #fail(failure: string): void {
    this.#failure = failure
    this.#askedAtMs = undefined
  }
}
