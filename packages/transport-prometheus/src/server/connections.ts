import type { Server, ServerResponse, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '@tidegauge/core'
import { reset } from './break-connection.js'

/** One connection of a server. */
export interface Connection {
  /** The socket below TLS. */
  readonly socket: Socket
  /** The value of {@link Connections.generation} when it was opened. */
  readonly generation: number
  /** When it was opened, or became idle, by `performance.now()`. */
  sinceMs: number
  answeredRequests: number
  activeRequests: number
}

/** The connections of a server. */
export interface Connections {
  readonly maxConnections: number
  readonly open: Map<string, Connection>
  /** Increased to have every present connection closed after its next answer. */
  generation: number
  /** How many were closed for being too many. */
  closed: number
  readonly logger: Pick<Logger, 'warn'>
}

/**
 * Limits the number of connections. For a new one beyond the limit, the least useful one is closed: the oldest that has
 * sent no request yet, else the one that has been idle for the longest. So idle clients lock nobody out. When all
 * connections have a request that is being answered, the new one is closed. The closed ones are counted.
 */
export function trackConnections(
  server: Server,
  maxConnections: number,
  logger: Pick<Logger, 'warn'>,
): Connections {
  const connections: Connections = { maxConnections, open: new Map(), generation: 0, closed: 0, logger }
  server.prependListener('connection', (socket: Socket) => addConnection(connections, socket))
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.open.get(keyOf(request.socket))
    if (connection === undefined) return
    if (connection.generation !== connections.generation) response.setHeader('Connection', 'close')
    connection.activeRequests++
    response.once('close', () => {
      connection.activeRequests--
      connection.answeredRequests++
      connection.sinceMs = performance.now()
    })
  })
  return connections
}

/** Whether a request of this connection is being answered. */
export function isAnswering({ open }: Connections, socket: Socket): boolean {
  return (open.get(keyOf(socket))?.activeRequests ?? 0) > 0
}

/** Closes every connection at once. One whose answer is not complete is reset. */
export function destroyConnections({ open }: Connections): void {
  for (const { socket, activeRequests } of open.values()) {
    if (activeRequests > 0) reset(socket)
    else socket.destroy()
  }
}

function addConnection(connections: Connections, socket: Socket): void {
  const { open, generation, maxConnections } = connections
  if (open.size >= maxConnections) {
    countClosed(connections)
    const leastUseful = findLeastUseful(open)
    if (leastUseful === undefined) return void socket.destroy()
    open.get(leastUseful)!.socket.destroy()
    open.delete(leastUseful)
  }
  const key = keyOf(socket)
  const connection = {
    socket,
    generation,
    sinceMs: performance.now(),
    answeredRequests: 0,
    activeRequests: 0,
  }
  open.set(key, connection)
  socket.once('close', () => {
    if (open.get(key) === connection) open.delete(key)
  })
}

/** Logged once: a crowd must not fill the log. The count is in the transport's details. */
function countClosed(connections: Connections): void {
  if (connections.closed++ > 0) return
  const { logger, maxConnections } = connections
  logger.warn(
    `more than ${maxConnections} connections at once: the least useful are closed, see limits.maxConnections`,
  )
}

function findLeastUseful(open: ReadonlyMap<string, Connection>): string | undefined {
  let found: [string, Connection] | undefined
  for (const entry of open)
    if (entry[1].activeRequests === 0 && (found === undefined || isLessUseful(entry[1], found[1])))
      found = entry
  return found?.[0]
}

function isLessUseful(one: Connection, other: Connection): boolean {
  if ((one.answeredRequests === 0) !== (other.answeredRequests === 0)) return one.answeredRequests === 0
  return one.sinceMs < other.sinceMs
}

/** The same for a socket and for the TLS socket above it. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`
}
