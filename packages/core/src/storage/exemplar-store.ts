import type { Clock } from '../clock.js'
import type { Exemplar, SourceExemplar } from '../definition/handles.js'

/** Source: OpenMetrics 1.0.0, "Exemplars": names and values together at max 128 characters. */
const MAX_CHARACTERS = 128
/** The year 10,000. Source: google.protobuf.Timestamp ends there. */
const END_OF_TIME_SECONDS = 253_402_300_800

export interface StoredExemplar {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly timestampSeconds: number
}

/** The latest exemplar of each cell; cells without one cost nothing. */
export class ExemplarStore {
  readonly #byCell = new Map<number, StoredExemplar>()

  get size(): number {
    return this.#byCell.size
  }

  at(cell: number): StoredExemplar | undefined {
    return this.#byCell.get(cell)
  }

  /** Copies the exemplar; false when its labels are too long or no strings, or its time is no time. */
  keep(cell: number, value: number | undefined, exemplar: Exemplar, clock: Clock): boolean {
    try {
      return this.#copy(cell, value, exemplar, clock)
    } catch {
      // a getter or a proxy of the caller's threw
      return false
    }
  }

  #copy(cell: number, given: number | undefined, exemplar: Exemplar, clock: Clock): boolean {
    const labels: Record<string, string> = Object.create(null)
    let characters = 0
    for (const [name, text] of Object.entries(exemplar.labels ?? {})) {
      if (typeof text !== 'string' || !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return false
      characters += name.length + Array.from(text).length
      labels[name] = text.toWellFormed().replaceAll('\0', '\uFFFD')
    }
    const timestampSeconds = exemplar.timestampSeconds ?? clock.now() / 1000
    const value = given ?? (exemplar as SourceExemplar).value
    if (characters > MAX_CHARACTERS || !Number.isFinite(value)) return false
    if (typeof timestampSeconds !== 'number') return false
    if (!(timestampSeconds >= 0 && timestampSeconds < END_OF_TIME_SECONDS)) return false
    this.#byCell.set(cell, { labels, value, timestampSeconds })
    return true
  }

  /** Takes over an exemplar of another store. */
  put(cell: number, exemplar: StoredExemplar): void {
    this.#byCell.set(cell, exemplar)
  }

  forget(from: number, count: number): void {
    for (let cell = from; cell < from + count; cell++) this.#byCell.delete(cell)
  }
}
