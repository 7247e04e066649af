import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { LifecycleError } from '@tidegauge/core'
import { requestsCertificate } from '../security/client-certificate.js'
import { refreshSettings } from '../security/live-settings.js'
import { answerClientError, endWith } from './client-error.js'
import { destroyConnections, isAnswering, trackConnections, type Connections } from './connections.js'
import { createServer, setRequestCert, type ServerDeps } from './create-server.js'
import type { RequestHandler } from './handler.js'

/** How long active requests may take at most when the server closes. */
const MAX_CLOSE_MS = 1_000

/** A server that listens, and its connections. */
export interface Listening {
  readonly server: Server
  readonly connections: Connections
}

/** Where to listen. */
export interface ListenOptions extends ServerDeps {
  readonly host: string
  readonly port: number
}

/** Opens a server, with TLS when there are credentials. Throws `LIFECYCLE_LISTEN_FAILED`; then nothing stays open. */
export async function listen(handler: RequestHandler, options: ListenOptions): Promise<Listening> {
  const { limits, live } = options
  const server = createServer(handler, options)
  server.maxHeadersCount = limits.maxHeaders + 1
  const connections = trackConnections(server, limits.maxConnections, live.logger)
  server.prependListener('connection', () => refreshSettings(live))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    answerClientError(error, socket, isAnswering(connections, socket))
  })
  server.on('connect', (_, socket: Socket) => {
    socket.on('error', () => {})
    endWith(socket, '405 Method Not Allowed', 'Allow: GET, HEAD\r\n')
  })
  await startListening(server, options)
  live.onChange.push(({ credentials, spec }) => {
    // present connections are closed after their next answer, and reopened under the new settings
    connections.generation++
    if (credentials === undefined || spec.tls === undefined) return
    ;(server as TlsServer).setSecureContext(credentials.context)
    setRequestCert(server as TlsServer, requestsCertificate(spec.tls))
  })
  return { server, connections }
}

/** Closes a server. Active requests may finish within `timeoutMs`, at most a second; then their connections are closed. */
export async function close({ server, connections }: Listening, timeoutMs = MAX_CLOSE_MS): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => destroyConnections(connections), Math.min(timeoutMs, MAX_CLOSE_MS))
  await closed
  clearTimeout(timer)
}

/** The address that a server listens on, as a URL without a path. */
export function urlOf({ server }: Listening): string {
  const { address, family, port } = server.address() as AddressInfo
  const scheme = 'setSecureContext' in server ? 'https' : 'http'
  return `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

async function startListening(server: Server, { host, port }: ListenOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
  } catch (thrown) {
    throw listenError(thrown as NodeJS.ErrnoException, host, port)
  }
  // later errors of the server must not end the process
  server.on('error', () => {})
}

function listenError(thrown: NodeJS.ErrnoException, host: string, port: number): LifecycleError {
  const hints: Record<string, string> = {
    EADDRINUSE:
      'the port is in use by another process or by another transport: choose another port, or 0 for a free one',
    EACCES: 'this user may not open the port: choose one above 1023',
    EADDRNOTAVAIL: 'this machine does not have the address: choose one of its own, or 0.0.0.0 for all',
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
