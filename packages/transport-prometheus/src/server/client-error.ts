import type { Socket } from 'node:net'

/** How long the connection stays open after the answer to an invalid request. */
const LINGER_MS = 200

const answers: ReadonlyMap<string, string> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large'],
])

/**
 * Answers an invalid request with 400, 408, 413 or 431, and closes the connection.
 *
 * The answer repeats nothing of the request. After a failed TLS handshake there is no answer. Never throws.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket, isAnswering: boolean): void {
  // the connection is closed in any case
  socket.on('error', () => {})
  const code = error.code ?? ''
  const status = answers.get(code) ?? (code.startsWith('HPE_') ? '400 Bad Request' : undefined)
  if (status === undefined || isAnswering || !socket.writable) return void socket.destroy()
  endWith(socket, status)
}

/** Writes an answer without a request, and closes the connection. */
export function endWith(socket: Socket, status: string, headers = ''): void {
  const body = `${status.slice(4)}.\n`
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n${headers}Connection: close\r\n\r\n${body}`,
  )
  // bytes that the client still sends would reset the connection before it has read the answer
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
