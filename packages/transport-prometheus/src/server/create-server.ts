import { createServer as createPlainServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { requestsCertificate, whyRefused } from '../security/client-certificate.js'
import type { Limits } from '../security/limits.js'
import type { LiveSettings } from '../security/live-settings.js'
import type { RequestHandler } from './handler.js'

/** The same reason is logged again after so long. */
const LOG_INTERVAL_MS = 60_000
/** Longer than the interval of any scraper, so that it can keep its connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000

/** What a server works with. */
export interface ServerDeps {
  readonly limits: Limits
  readonly live: LiveSettings
}

/** Creates a server, with TLS when there are credentials. It does not listen yet. */
export function createServer(handler: RequestHandler, { limits, live }: ServerDeps): Server {
  const options: ServerOptions = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: Math.max(limits.requestTimeoutMs, limits.headersTimeoutMs),
    connectionsCheckingInterval: 500,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    maxHeaderSize: limits.maxHeaderBytes,
  }
  const { credentials, spec } = live.loaded
  if (credentials === undefined || spec.tls === undefined) return createPlainServer(options, handler)
  const server = createTlsServer(
    {
      ...options,
      ...credentials.context,
      requestCert: requestsCertificate(spec.tls),
      // certificates are checked by refuseClients, against the present policy
      rejectUnauthorized: false,
      handshakeTimeout: limits.headersTimeoutMs,
      ALPNProtocols: ['http/1.1'],
    },
    handler,
  )
  refuseClients(server, live)
  return server
}

/**
 * Sets whether a running server requests certificates from its clients. Node.js has no method for it, but reads this
 * field for each connection. If it did not, clients without a certificate would still be refused.
 */
export function setRequestCert(server: TlsServer, requestCert: boolean): void {
  Object.assign(server, { requestCert })
}

/** Closes connections of clients that the present policy refuses. */
function refuseClients(server: TlsServer, live: LiveSettings): void {
  const loggedAtMs = new Map<string, number>()
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const why = whyRefused(socket, live.loaded.spec.tls!)
    if (why === undefined) return
    socket.destroy()
    const nowMs = live.monotonic()
    if (nowMs - (loggedAtMs.get(why) ?? -Infinity) < LOG_INTERVAL_MS) return
    loggedAtMs.set(why, nowMs)
    live.logger.warn(`a client was refused: ${why}`)
  })
}
