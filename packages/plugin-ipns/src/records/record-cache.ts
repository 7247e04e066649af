import { waitWithinPass } from '@tidegauge/attach'
import { describeThrown, type Clock, type ReadPass } from '@tidegauge/core'
import type { StoredRecord } from './record.js'

/** Reads all records by their keys. Rejects when they cannot be read. */
export type ReadRecords = (signal: AbortSignal) => Promise<ReadonlyMap<string, StoredRecord>>

/** After this time without an answer the records that were read last are a problem. */
const MAX_ANSWER_MS = 5_000

/** How long one read may take before it is abandoned for another. */
const ABANDON_MS = 30_000

/** The same, at most, while abandoned reads are still open. */
const MAX_ABANDON_MS = 300_000

interface Read {
  readonly abort: AbortController
  readonly startedMs: number
  /** The version of the records when it started. */
  readonly version: number
}

/** The records as they were last read. They are read again after a write, or when they are too old. */
export class RecordCache {
  readonly #readRecords: ReadRecords
  readonly #maxAgeMs: number
  readonly #clock: Clock
  #records: ReadonlyMap<string, StoredRecord> | undefined
  /** Counts the writes. */
  #version = 0
  #readVersion = -1
  #readAtMs = -Infinity
  #waitingSinceMs: number | undefined
  #failure: string | undefined
  #read: Read | undefined
  /** Abandoned reads that have not ended. */
  #abandoned = 0

  constructor(readRecords: ReadRecords, maxAgeMs: number, clock: Clock) {
    this.#readRecords = readRecords
    this.#maxAgeMs = maxAgeMs
    this.#clock = clock
  }

  /** The records as they were last read; undefined when they never were. See {@link problem}. */
  get records(): ReadonlyMap<string, StoredRecord> | undefined {
    return this.#records
  }

  /** Whether no write has been observed since the records were read. */
  get isCurrent(): boolean {
    return this.problem === undefined && this.#readVersion === this.#version
  }

  /** Why the records cannot be read. */
  get problem(): string | undefined {
    if (this.#failure !== undefined) return `the records can't be read from the datastore: ${this.#failure}`
    const waitedMs = this.#waitingSinceMs === undefined ? 0 : this.#clock.monotonic() - this.#waitingSinceMs
    const isLate = this.#records === undefined || waitedMs > MAX_ANSWER_MS
    return isLate ? "the records can't be read: the datastore has not answered yet" : undefined
  }

  /** A record was written. */
  invalidate(): void {
    this.#version++
  }

  /**
   * Reads the records again where needed, and waits within the time of the pass. A slow read goes on and serves a
   * later pass. There is one read at a time; one that takes too long is abandoned for another.
   */
  async refresh(pass: ReadPass): Promise<void> {
    const nowMs = this.#clock.monotonic()
    if (this.isCurrent && nowMs - this.#readAtMs < this.#maxAgeMs) return
    this.#waitingSinceMs ??= nowMs
    if (this.#read !== undefined && nowMs - this.#read.startedMs >= this.#abandonMs) this.close()
    if (this.#read === undefined) await waitWithinPass([this.#startRead(nowMs)], pass, this.#clock)
  }

  /** Abandons the read that is under way. Its answer is ignored. */
  close(): void {
    if (this.#read === undefined) return
    this.#abandoned++
    this.#read.abort.abort()
    this.#read = undefined
  }

  /** Each read that hangs for good doubles it. */
  get #abandonMs(): number {
    return Math.min(ABANDON_MS * 2 ** this.#abandoned, MAX_ABANDON_MS)
  }

  async #startRead(startedMs: number): Promise<void> {
    const read = { abort: new AbortController(), startedMs, version: this.#version }
    this.#read = read
    const end = (apply: () => void): void => {
      if (this.#read !== read) {
        this.#abandoned--
        return
      }
      this.#read = undefined
      this.#waitingSinceMs = undefined
      apply()
    }
    try {
      const records = await this.#readRecords(read.abort.signal)
      end(() => this.#apply(records, read.version))
    } catch (thrown) {
      end(() => (this.#failure = describeThrown(thrown)))
    }
  }

  #apply(records: ReadonlyMap<string, StoredRecord>, version: number): void {
    this.#records = records
    this.#readVersion = version
    this.#readAtMs = this.#clock.monotonic()
    this.#failure = undefined
  }
}
