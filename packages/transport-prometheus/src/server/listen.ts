import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LifecycleError } from '@tidegauge/core'
import type { RequestHandler } from './handler.js'

/** How long requests under way may take to end when the server closes. */
const GRACE_MS = 1_000

/** Opens a server. Throws `LIFECYCLE_LISTEN_FAILED`, and then nothing stays open. */
export async function listen(handler: RequestHandler, host: string, port: number): Promise<Server> {
  const server = createServer(
    // a client that sends its request slowly is cut off soon; scrapers send theirs at once
    {
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: 65_000,
    },
    handler,
  )
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
  } catch (thrown) {
    throw listenError(thrown as NodeJS.ErrnoException, host, port)
  }
  // answers to broken requests are node:http's own 400; an error of the server itself must not end the host
  server.on('error', () => {})
  return server
}

/** Ends requests under way, by force after a second. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const force = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearTimeout(force)
}

/** The address that a server listens on, as a URL without a path. */
export function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
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
