import type { ConnectionLike, Direction } from '../node/shapes.js'

/** A number for each direction. */
export type ByDirection = Record<Direction, number>

/** What is open at one moment. */
export interface Usage {
  readonly connections: ByDirection
  readonly streams: ByDirection
  /** By protocol: the streams of the connection that has most of them, which is what a limit is held against. */
  readonly fullest: ReadonlyMap<string, ByDirection>
}

/** Counts connections and their streams in one walk. Streams that still negotiate have no protocol. */
export function readUsage(connections: readonly ConnectionLike[]): Usage {
  const usage = { connections: none(), streams: none(), fullest: new Map<string, ByDirection>() }
  for (const connection of connections) {
    usage.connections[connection.direction]++
    const here = new Map<string, ByDirection>()
    for (const { direction, protocol } of connection.streams) {
      usage.streams[direction]++
      if (protocol) entry(here, protocol)[direction]++
    }
    for (const [protocol, count] of here) {
      const most = entry(usage.fullest, protocol)
      most.inbound = Math.max(most.inbound, count.inbound)
      most.outbound = Math.max(most.outbound, count.outbound)
    }
  }
  return usage
}

function entry(map: Map<string, ByDirection>, protocol: string): ByDirection {
  const known = map.get(protocol)
  if (known !== undefined) return known
  const fresh = none()
  map.set(protocol, fresh)
  return fresh
}

function none(): ByDirection {
  return { inbound: 0, outbound: 0 }
}
