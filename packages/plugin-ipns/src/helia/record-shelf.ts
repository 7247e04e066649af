import { waitWithinPass } from '@tidegauge/attach'
import { describeThrown, type Clock } from '@tidegauge/core'
import type { IpnsPass } from '../source.js'
import type { DatastoreLike } from './shapes.js'
import { readStoredRecords, type StoredRecord } from './stored-records.js'

/** How long a datastore may take for all records before the pass counts as failed. */
const PATIENCE_MS = 5_000

/** How long one reading is waited for before another is begun. */
const GIVE_UP_MS = 30_000

/** The same, at most, while readings that were given up are still there. */
const MAX_GIVE_UP_MS = 300_000

/** One reading of all records. */
interface Reading {
  readonly abort: AbortController
  readonly begunAtMs: number
  /** What had been written when it began. */
  readonly version: number
}

/** The records as they were last read. They are read again when something was written, or after a while. */
export class RecordShelf {
  readonly #datastore: DatastoreLike
  readonly #maxAgeMs: number
  readonly #clock: Clock
  #records: ReadonlyMap<string, StoredRecord> | undefined
  #version = 0
  #readVersion = -1
  #readAtMs = -Infinity
  #askedAtMs: number | undefined
  #failure: string | undefined
  #reading: Reading | undefined
  /** Readings that were given up and heed no signal. */
  #abandoned = 0

  constructor(datastore: DatastoreLike, maxAgeMs: number, clock: Clock) {
    this.#datastore = datastore
    this.#maxAgeMs = maxAgeMs
    this.#clock = clock
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
   * serves a later pass. There is one at a time; one that takes too long is given up for another.
   */
  async refresh(pass: IpnsPass): Promise<void> {
    const nowMs = this.#clock.monotonic()
    if (this.isCurrent && nowMs - this.#readAtMs < this.#maxAgeMs) return
    this.#askedAtMs ??= nowMs
    if (this.#reading !== undefined && nowMs - this.#reading.begunAtMs >= this.#giveUpMs) this.close()
    if (this.#reading !== undefined) return
    await waitWithinPass([this.#read(nowMs)], pass, this.#clock)
  }

  /** Gives up a reading that is under way. Its answer is ignored. */
  close(): void {
    if (this.#reading === undefined) return
    this.#abandoned++
    this.#reading.abort.abort()
    this.#reading = undefined
  }

  /** Each reading that hangs for good doubles it. */
  get #giveUpMs(): number {
    return Math.min(GIVE_UP_MS * 2 ** this.#abandoned, MAX_GIVE_UP_MS)
  }

  async #read(begunAtMs: number): Promise<void> {
    const reading = { abort: new AbortController(), begunAtMs, version: this.#version }
    this.#reading = reading
    const end = (take: () => void): void => {
      if (this.#reading !== reading) {
        this.#abandoned--
        return
      }
      this.#reading = undefined
      this.#askedAtMs = undefined
      take()
    }
    try {
      const records = await readStoredRecords(this.#datastore, reading.abort.signal)
      end(() => this.#take(records, reading.version))
    } catch (thrown) {
      end(() => (this.#failure = describeThrown(thrown)))
    }
  }

  #take(records: ReadonlyMap<string, StoredRecord>, version: number): void {
    this.#records = records
    this.#readVersion = version
    this.#readAtMs = this.#clock.monotonic()
    this.#failure = undefined
  }
}
