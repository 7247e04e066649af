import { BoundedNames } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'
import { directions, zeros, type ByDirection } from '../direction.js'

/** What is counted for one protocol, since the source was created. */
export interface ProtocolTotals {
  readonly protocol: string
  readonly bytes: Readonly<ByDirection>
  /** Streams opened. */
  readonly opened: Readonly<ByDirection>
  /** Streams closed. */
  readonly closed: Readonly<ByDirection>
  /** Streams refused at the limit of the protocol. They are not opened. */
  readonly refused?: Readonly<ByDirection>
}

/** Bytes since the source was created. */
export interface BandwidthTotals {
  /** All bytes of the node. Those of a stream that runs over a counted connection are in it once. */
  readonly total: Readonly<ByDirection>
  readonly protocols: Iterable<ProtocolTotals>
}

/** Connections since the source was created. */
export interface ConnectionTotals {
  readonly opened: Readonly<ByDirection>
  readonly closed: Readonly<ByDirection>
}

/** Counts one protocol. */
export class ProtocolCounts implements ProtocolTotals {
  readonly protocol: string
  /** Bytes of streams that run over a counted connection. */
  readonly carried = zeros()
  /** Bytes of streams that the transport itself provides: no connection below counts them. */
  readonly native = zeros()
  readonly opened = zeros()
  readonly closed = zeros()
  readonly refused = zeros()

  constructor(protocol: string) {
    this.protocol = protocol
  }

  get bytes(): ByDirection {
    return sumOf([this.carried, this.native])
  }
}

/** Counts the bytes, streams and connections of one node, in plain numbers. */
export class TrafficCounts implements BandwidthTotals {
  /** Bytes of the transports' own connections. */
  readonly transport = zeros()
  readonly connections = { opened: zeros(), closed: zeros() }
  readonly #protocols = new Map<string, ProtocolCounts>()
  readonly #names: BoundedNames

  constructor(maxProtocols: number, logOnce: LogOnce) {
    this.#names = new BoundedNames({ max: maxProtocols, what: 'protocols', option: 'maxProtocols', logOnce })
  }

  /** The counts of a protocol; beyond the maximum those of `other`, so that sums stay right. */
  protocol(protocol: string): ProtocolCounts {
    const name = this.#names.nameOf(protocol)
    const known = this.#protocols.get(name)
    if (known !== undefined) return known
    const counts = new ProtocolCounts(name)
    this.#protocols.set(name, counts)
    return counts
  }

  get protocols(): Iterable<ProtocolTotals> {
    return this.#protocols.values()
  }

  get total(): ByDirection {
    return sumOf([this.transport, ...[...this.#protocols.values()].map(({ native }) => native)])
  }
}

function sumOf(all: readonly ByDirection[]): ByDirection {
  const sum = zeros()
  for (const one of all) for (const direction of directions) sum[direction] += one[direction]
  return sum
}
