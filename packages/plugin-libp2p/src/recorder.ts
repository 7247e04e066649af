import { LogOnce, type SourceContext } from '@tidegauge/core'
import { TrafficCounts } from './bandwidth/traffic-counts.js'
import type { ByDirection, Direction } from './direction.js'
import { DEFAULT_MAX_PROTOCOLS } from './options.js'
import { noDials, type DialOutcome } from './resources/dials.js'
import { connectionPool, streamPools, type Pools, type PoolValue } from './resources/pools.js'
import { noRefusals, type RefusalReason } from './resources/refusals.js'
import { readUsage, type OpenConnection } from './resources/usage.js'
import type { Libp2pSnapshot, Libp2pSource } from './source.js'
import type { WebtransportSnapshot } from './webtransport/snapshot.js'

/** Creates a source that your code drives, for `libp2p({ source })`. `maxProtocols`: as the plugin's option. */
export function createLibp2pRecorder({ maxProtocols = DEFAULT_MAX_PROTOCOLS } = {}): Libp2pRecorder {
  return new Libp2pRecorder(maxProtocols)
}

/** An open stream, or connection, that bytes pass through. */
class RecordedStream {
  readonly direction: Direction
  /** Of a stream. */
  readonly protocol: string | undefined
  readonly #bytes: ByDirection
  #onClose: (() => void) | undefined

  constructor(direction: Direction, bytes: ByDirection, onClose: () => void, protocol?: string) {
    this.direction = direction
    this.protocol = protocol
    this.#bytes = bytes
    this.#onClose = onClose
  }

  /** Counts bytes that were received. */
  received(bytes: number): void {
    this.#bytes.inbound += bytes
  }

  /** Counts bytes that were sent. */
  sent(bytes: number): void {
    this.#bytes.outbound += bytes
  }

  /** Counts it as closed. May be called again. */
  close(): void {
    this.#onClose?.()
    this.#onClose = undefined
  }
}

/** An open connection. Its own bytes make up the total; those of its streams are only counted for their protocols. */
class RecordedConnection extends RecordedStream implements OpenConnection {
  readonly streams = new Set<RecordedStream>()
  readonly #traffic: TrafficCounts

  constructor(direction: Direction, traffic: TrafficCounts, onClose: () => void) {
    super(direction, traffic.transport, onClose)
    this.#traffic = traffic
  }

  /** A stream was opened: `inbound` by the peer. */
  openStream(name: string, direction: Direction): RecordedStream {
    const { carried, opened, closed, protocol } = this.#traffic.protocol(name)
    const onClose = (): void => {
      this.streams.delete(stream)
      closed[direction]++
    }
    const stream = new RecordedStream(direction, carried, onClose, protocol)
    this.streams.add(stream)
    opened[direction]++
    return stream
  }

  /** A stream was refused, because its protocol has as many as it may have: `inbound` was opened by the peer. */
  refusedStream(protocol: string, direction: Direction): void {
    this.#traffic.protocol(protocol).refused[direction]++
  }

  /** Counts it and its streams as closed. May be called again. */
  override close(): void {
    for (const stream of this.streams) stream.close()
    super.close()
  }
}

/** A source for stacks other than js-libp2p: your code calls it when something happens. No call throws. */
class Libp2pRecorder implements Libp2pSource {
  /** Sessions and certificates now. Default: none are exported. */
  webtransport: WebtransportSnapshot | undefined
  /** Connections that count against a quota now, such as `inbound_pending`. Open connections and streams are counted. */
  pools: readonly PoolValue[] = []
  /** The limits: of a pool, of `connections`, or of a protocol for the streams of each connection. */
  limits: Pools['limits'] = []
  readonly #logOnce = new LogOnce()
  readonly #traffic: TrafficCounts
  readonly #open = new Set<RecordedConnection>()
  readonly #refusals = noRefusals()
  readonly #dials = noDials()

  constructor(maxProtocols: number) {
    this.#traffic = new TrafficCounts(maxProtocols, this.#logOnce)
  }

  /** A connection was opened: `inbound` by the peer. */
  openConnection(direction: Direction): RecordedConnection {
    const { opened, closed } = this.#traffic.connections
    const connection = new RecordedConnection(direction, this.#traffic, () => {
      this.#open.delete(connection)
      closed[direction]++
    })
    this.#open.add(connection)
    opened[direction]++
    return connection
  }

  /** An incoming connection was refused. */
  refused(reason: RefusalReason = 'unknown'): void {
    this.#refusals[reason]++
  }

  /** A request for a connection to a peer ended. */
  dialed(outcome: DialOutcome): void {
    this.#dials[outcome]++
  }

  start({ logger }: Pick<SourceContext, 'logger'>): void {
    this.#logOnce.useLogger(logger)
  }

  read(): Libp2pSnapshot {
    const open = readUsage(this.#open)
    return {
      bandwidth: this.#traffic,
      connections: this.#traffic.connections,
      open,
      pools: {
        connections: [...connectionPool(open), ...this.pools],
        streams: streamPools([], open),
        limits: this.limits,
      },
      refusals: this.#refusals,
      dials: this.#dials,
      webtransport: this.webtransport,
    }
  }
}

export type { Libp2pRecorder, RecordedConnection, RecordedStream }
