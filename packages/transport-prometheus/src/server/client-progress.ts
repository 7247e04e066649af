import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { breakConnection } from './break-connection.js'

/** Whether a client reads its answer. */
export interface ClientProgress {
  /** Since when bytes are waiting and the client reads none, by `performance.now()`; undefined while it reads. */
  stalledSinceMs: number | undefined
}

const MAX_CHECK_INTERVAL_MS = 125
const MIN_CHECK_INTERVAL_MS = 10

/**
 * Observes a client, and closes its connection when it reads no byte of its answer for `clientTimeoutMs`.
 *
 * The socket's own timer is used with a short interval. With a long one it would not fire: during a large write
 * Node.js restarts it whenever the kernel takes bytes.
 */
export function observeClient(response: ServerResponse, clientTimeoutMs: number): ClientProgress {
  const progress: ClientProgress = { stalledSinceMs: undefined }
  // a pipelined request gets the socket when the answers before it are complete
  if (response.socket === null)
    response.once('socket', (socket: Socket) => observeSocket(progress, response, socket, clientTimeoutMs))
  else observeSocket(progress, response, response.socket, clientTimeoutMs)
  return progress
}

function observeSocket(
  progress: ClientProgress,
  response: ServerResponse,
  socket: Socket,
  clientTimeoutMs: number,
): void {
  const intervalMs = Math.max(Math.min(MAX_CHECK_INTERVAL_MS, clientTimeoutMs / 8), MIN_CHECK_INTERVAL_MS)
  const previousTimeoutMs = socket.timeout ?? 0
  let lastMs = 0
  let lastBytes = -1
  response.on('timeout', () => {
    const nowMs = performance.now()
    const isWaiting = socket.writableLength > 0 || response.writableLength > 0
    // progress makes Node.js skip an interval, or changes the number of bytes
    const isStalled = socket.bytesWritten === lastBytes && nowMs - lastMs < intervalMs * 1.9
    if (!isWaiting) progress.stalledSinceMs = undefined
    else if (!isStalled || progress.stalledSinceMs === undefined) progress.stalledSinceMs = nowMs - intervalMs
    lastMs = nowMs
    lastBytes = socket.bytesWritten
    if (progress.stalledSinceMs !== undefined && nowMs - progress.stalledSinceMs >= clientTimeoutMs)
      breakConnection(response)
    else socket.setTimeout(intervalMs)
  })
  response.setTimeout(intervalMs)
  // before node:http sets the timeout of an idle connection
  response.prependOnceListener('finish', () => socket.setTimeout(previousTimeoutMs))
}
