import type { Server, ServerResponse, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** One connection of a server, below TLS. */
export interface Connection {
  readonly socket: Socket
  /** The settings under which it was made. */
  readonly generation: number
  /** Since when it is new, or idle. */
  sinceMs: number
  served: number
  underWay: number
}

/** The connections of a server, at most so many. */
export interface Connections {
  readonly most: number
  readonly open: Map<string, Connection>
  /** One more when connections that are kept should be made anew. */
  generation: number
}

/**
 * Keeps to a number of connections by closing what is of least use: a client that has not sent a request yet, the
 * oldest first, then the one that is idle for the longest. A flood of such clients then locks nobody out. When every
 * connection is being answered, a new one is closed.
 */
export function trackConnections(server: Server, most: number): Connections {
  const connections: Connections = { most, open: new Map(), generation: 0 }
  server.prependListener('connection', (socket: Socket) => {
    const { open, generation } = connections
    if (open.size >= most) {
      const victim = leastUseful(open)
      if (victim === undefined) return void socket.destroy()
      open.get(victim)!.socket.destroy()
      open.delete(victim)
    }
    const key = keyOf(socket)
    const connection = { socket, generation, sinceMs: performance.now(), served: 0, underWay: 0 }
    open.set(key, connection)
    socket.once('close', () => {
      if (open.get(key) === connection) open.delete(key)
    })
  })
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.open.get(keyOf(request.socket))
    if (connection === undefined) return
    if (connection.generation !== connections.generation) response.setHeader('Connection', 'close')
    connection.underWay++
    response.once('close', () => {
      connection.underWay--
      connection.served++
      connection.sinceMs = performance.now()
    })
  })
  return connections
}

/** Whether a request of this connection is being answered. */
export function isAnswering({ open }: Connections, socket: Socket): boolean {
  return (open.get(keyOf(socket))?.underWay ?? 0) > 0
}

/** Breaks every connection. */
export function destroyConnections({ open }: Connections): void {
  for (const { socket } of open.values()) socket.destroy()
}

function leastUseful(open: ReadonlyMap<string, Connection>): string | undefined {
  let found: [string, Connection] | undefined
  for (const entry of open)
    if (entry[1].underWay === 0 && (found === undefined || isLessUseful(entry[1], found[1]))) found = entry
  return found?.[0]
}

function isLessUseful(one: Connection, other: Connection): boolean {
  if ((one.served === 0) !== (other.served === 0)) return one.served === 0
  return one.sinceMs < other.sinceMs
}

/** The same for a socket and for TLS upon it. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`
}
