import { zeros, type ByDirection, type Direction } from '../direction.js'

/** An open connection, as far as it is counted. */
export interface OpenConnection {
  readonly direction: Direction
  /** A stream that still negotiates has no protocol. */
  readonly streams: Iterable<{ readonly direction: Direction; readonly protocol?: string }>
}

/** What is open now. */
export interface OpenCounts {
  readonly connections: Readonly<ByDirection>
  readonly streams: Readonly<ByDirection>
}

/** What is open now, with what the stream limits apply to. */
export interface Usage extends OpenCounts {
  /** By protocol: the streams of the connection that has most of them, since each connection has the limit. */
  readonly fullest: ReadonlyMap<string, Readonly<ByDirection>>
}

/** Counts connections and their streams in one pass. */
export function readUsage(connections: Iterable<OpenConnection>): Usage {
  const usage = { connections: zeros(), streams: zeros(), fullest: new Map<string, ByDirection>() }
  for (const connection of connections) {
    usage.connections[connection.direction]++
    const here = new Map<string, ByDirection>()
    for (const { direction, protocol } of connection.streams) {
      usage.streams[direction]++
      if (!protocol) continue
      const counts = here.get(protocol) ?? zeros()
      counts[direction]++
      here.set(protocol, counts)
    }
    for (const [protocol, { inbound, outbound }] of here) {
      const most = usage.fullest.get(protocol) ?? zeros()
      usage.fullest.set(protocol, {
        inbound: Math.max(most.inbound, inbound),
        outbound: Math.max(most.outbound, outbound),
      })
    }
  }
  return usage
}
