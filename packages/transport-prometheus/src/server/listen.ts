import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { LifecycleError } from '@tidegauge/core'
import { asksForCertificate, refusalOf } from '../security/client-certificate.js'
import type { Limits } from '../security/limits.js'
import { refreshSettings, type LiveSettings } from '../security/live-settings.js'
import { answerClientError, endWith } from './client-error.js'
import { destroyConnections, isAnswering, trackConnections, type Connections } from './connections.js'
import type { RequestHandler } from './handler.js'

/** How long requests under way may take to end when the server closes. */
const GRACE_MS = 1_000
/** How often the same refusal is logged at most. */
const TOLD_EVERY_MS = 60_000

/** A server that listens, and its connections. */
export interface Listening {
  readonly server: Server
  readonly connections: Connections
}

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly limits: Limits
  readonly live: LiveSettings
}

/** Opens a server, with TLS when there are credentials. Throws `LIFECYCLE_LISTEN_FAILED`, and then nothing stays open. */
export async function listen(handler: RequestHandler, options: ListenOptions): Promise<Listening> {
  const { host, port, limits, live } = options
  const server = makeServer(handler, options)
  server.maxHeadersCount = limits.maxHeaders + 1
  const connections = trackConnections(server, limits.maxConnections)
  server.prependListener('connection', () => refreshSettings(live))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    answerClientError(error, socket, isAnswering(connections, socket))
  })
  server.on('connect', (_, socket: Socket) => {
    socket.on('error', () => {})
    endWith(socket, '405 Method Not Allowed', 'Allow: GET, HEAD\r\n')
  })
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
  } catch (thrown) {
    throw listenError(thrown as NodeJS.ErrnoException, host, port)
  }
  // an error of the server itself must not end the host
  server.on('error', () => {})
  live.onChange.push(({ credentials, spec }) => {
    // connections that are kept end after their next answer, and come back under the new settings
    connections.generation++
    if (credentials === undefined || spec.tls === undefined) return
    ;(server as TlsServer).setSecureContext(credentials.context)
    setAsking(server as TlsServer, asksForCertificate(spec.tls))
  })
  return { server, connections }
}

/** Ends requests under way, by force after a second. */
export async function close({ server, connections }: Listening): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const force = setTimeout(() => destroyConnections(connections), GRACE_MS)
  await closed
  clearTimeout(force)
}

/** The address that a server listens on, as a URL without a path. */
export function urlOf({ server }: Listening): string {
  const { address, family, port } = server.address() as AddressInfo
  const scheme = 'setSecureContext' in server ? 'https' : 'http'
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

function makeServer(handler: RequestHandler, { limits, live }: ListenOptions): Server {
  const options: ServerOptions = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: Math.max(limits.requestTimeoutMs, limits.headersTimeoutMs),
    connectionsCheckingInterval: 500,
    // longer than the interval of any scraper, which keeps its connection
    keepAliveTimeout: 65_000,
    maxHeaderSize: limits.maxHeaderBytes,
  }
  const { credentials, spec } = live.loaded
  if (credentials === undefined || spec.tls === undefined) return createServer(options, handler)
  const server = createTlsServer(
    {
      ...options,
      ...credentials.context,
      requestCert: asksForCertificate(spec.tls),
      // certificates are judged below, by the policy of the moment
      rejectUnauthorized: false,
      handshakeTimeout: limits.headersTimeoutMs,
      ALPNProtocols: ['http/1.1'],
    },
    handler,
  )
  const toldAtMs = new Map<string, number>()
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const refusal = refusalOf(socket, live.loaded.spec.tls!)
    if (refusal === undefined) return
    socket.destroy()
    const nowMs = live.monotonic()
    if (nowMs - (toldAtMs.get(refusal) ?? -Infinity) < TOLD_EVERY_MS) return
    toldAtMs.set(refusal, nowMs)
    live.logger.warn(`a client was refused: ${refusal}`)
  })
  return server
}

/**
 * Whether a server that runs asks its clients for certificates. Node.js has no method for it, but reads this field
 * for each connection; would it not, then clients without a certificate are refused all the same.
 */
function setAsking(server: TlsServer, isAsking: boolean): void {
  Object.assign(server, { requestCert: isAsking })
}

function listenError(thrown: NodeJS.ErrnoException, host: string, port: number): LifecycleError {
  const hints: Record<string, string> = {
    EADDRINUSE:
      'another process, or another transport of this one, has the port: choose another, or 0 for a free one',
    EACCES: 'this user may not open the port: choose one above 1023',
    EADDRNOTAVAIL: 'this machine has no such address: choose one of its own, or 0.0.0.0 for all',
    ENOTFOUND: 'the host name is unknown: choose an address of this machine',
  }
  const hint = hints[thrown.code ?? ''] ?? thrown.message
  return new LifecycleError(
    'LIFECYCLE_LISTEN_FAILED',
    `transport "prometheus": could not listen on ${host}:${port} (${thrown.code ?? 'unknown'}); ${hint}`,
    'starting',
    thrown,
  )
}
