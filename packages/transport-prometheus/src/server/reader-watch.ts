import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Whether the client of an answer reads. */
export interface ReaderWatch {
  /** Since when bytes wait for the client, and it takes none; monotonic milliseconds of `performance.now`. */
  stalledSinceMs: number | undefined
}

/** How often a client that takes nothing is looked at. */
const MAX_PERIOD_MS = 125

/**
 * Breaks the connection of a client that takes no byte of its answer for so long.
 *
 * Node.js's own timer of a socket is asked in short periods: it stays silent as long as the kernel takes bytes, also
 * when a large write is far from done.
 */
export function watchReader(response: ServerResponse, clientTimeoutMs: number): ReaderWatch {
  const watch: ReaderWatch = { stalledSinceMs: undefined }
  // an answer to a request that came before the last one was answered gets the socket later
  if (response.socket === null)
    response.once('socket', (socket: Socket) => watchSocket(watch, response, socket, clientTimeoutMs))
  else watchSocket(watch, response, response.socket, clientTimeoutMs)
  return watch
}

function watchSocket(
  watch: ReaderWatch,
  response: ServerResponse,
  socket: Socket,
  clientTimeoutMs: number,
): void {
  const periodMs = Math.max(Math.min(MAX_PERIOD_MS, clientTimeoutMs / 8), 10)
  const timeoutBeforeMs = socket.timeout ?? 0
  let lastMs = 0
  let lastBytes = -1
  response.on('timeout', () => {
    const nowMs = performance.now()
    const isWaiting = socket.writableLength > 0 || response.writableLength > 0
    // progress makes Node.js skip a period, or more bytes follow the ones that went
    const isStill = socket.bytesWritten === lastBytes && nowMs - lastMs < periodMs * 1.9
    if (!isWaiting) watch.stalledSinceMs = undefined
    else if (!isStill || watch.stalledSinceMs === undefined) watch.stalledSinceMs = nowMs - periodMs
    lastMs = nowMs
    lastBytes = socket.bytesWritten
    if (watch.stalledSinceMs !== undefined && nowMs - watch.stalledSinceMs >= clientTimeoutMs)
      socket.destroy()
    else socket.setTimeout(periodMs)
  })
  response.setTimeout(periodMs)
  // before node:http sets the time of a kept connection
  response.prependOnceListener('finish', () => socket.setTimeout(timeoutBeforeMs))
}
