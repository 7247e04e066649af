import type { ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Socket } from 'node:net'

/**
 * Ends an answer that is not complete, so that its client detects it. With HTTP/1.0 a body ends with its connection,
 * so that a closed one would look complete: such a connection is reset. Never throws.
 */
export function breakConnection(response: ServerResponse): void {
  const { socket } = response
  if (socket !== null && response.headersSent && !response.writableFinished) reset(socket)
  response.destroy()
}

/** Closes a connection with a reset. With TLS the missing end of the session shows the client that it was cut. */
export function reset(socket: Socket): void {
  if (socket.destroyed || socket instanceof TLSSocket) return void socket.destroy()
  try {
    socket.resetAndDestroy()
  } catch {
    // not a TCP socket
    socket.destroy()
  }
}
