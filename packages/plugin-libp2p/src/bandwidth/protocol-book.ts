import type { LogOnce } from '@tidegauge/core'
import type { Direction } from '../node/shapes.js'
import type { ByteCell } from './tap.js'

/** Stands for every protocol beyond the limit. */
export const OTHER_PROTOCOL = 'other'

/** What is counted for one protocol since the node was created. */
export interface ProtocolEntry {
  readonly protocol: string
  readonly group: string
  /** Bytes that a transport's connection carries, and counts, below. */
  readonly carried: ByteCell
  /** Bytes of connections whose transport brings its own streams: nothing below counts them. */
  readonly native: ByteCell
  readonly opened: Record<Direction, number>
  readonly closed: Record<Direction, number>
}

/** The protocols that were spoken, each found once for each stream. */
export class ProtocolBook {
  readonly #entries = new Map<string, ProtocolEntry>()
  readonly #limit: number
  readonly #groupOf: (protocol: string) => string
  readonly #logOnce: LogOnce

  constructor(limit: number, groupOf: (protocol: string) => string, logOnce: LogOnce) {
    this.#limit = limit
    this.#groupOf = groupOf
    this.#logOnce = logOnce
  }

  /** The entry of a protocol; beyond the limit the shared one, so that sums stay right. */
  entry(protocol: string): ProtocolEntry {
    const known = this.#entries.get(protocol)
    if (known !== undefined) return known
    if (this.#entries.size < this.#limit || protocol === OTHER_PROTOCOL) return this.#add(protocol)
    this.#logOnce.warn(
      'protocols',
      `more than ${this.#limit} protocols: further ones are counted as "${OTHER_PROTOCOL}" (option maxProtocols)`,
    )
    return this.entry(OTHER_PROTOCOL)
  }

  entries(): Iterable<ProtocolEntry> {
    return this.#entries.values()
  }

  #add(protocol: string): ProtocolEntry {
    const entry: ProtocolEntry = {
      protocol,
      group: this.#groupOf(protocol),
      carried: { in: 0, out: 0 },
      native: { in: 0, out: 0 },
      opened: { inbound: 0, outbound: 0 },
      closed: { inbound: 0, outbound: 0 },
    }
    this.#entries.set(protocol, entry)
    return entry
  }
}
