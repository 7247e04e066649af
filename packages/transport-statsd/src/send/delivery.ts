import type { Socket } from 'node:net'
import type { SendResult } from './sender.js'

/** How long a connection is watched in addition to the round trips: before the first byte, and after the last. */
const MIN_BEFORE_MS = 1
const MIN_AFTER_MS = 5
/** No round trip takes this long: a connection that took longer was requested twice. */
const MAX_WATCH_MS = 1_000
/** What a system sends before the first acknowledgement (RFC 6928); after each one it sends twice as much. */
const INITIAL_WINDOW_BYTES = 14_600

/** How long a connection is watched for what the receiver may have sent already. */
export interface WatchTimes {
  /** Before anything is written. */
  readonly beforeMs: number
  /** When everything was written, and again when the receiver has closed its side by then. */
  readonly afterMs: number
}

/**
 * The watch times of a connection that was made in `connectMs`, which is one round trip. The close of a receiver that
 * drops a connection at once arrives one round trip later. The close of one that did not read the bytes arrives one
 * round trip after they did.
 */
export function createWatchTimes(connectMs: number, bytes: number): WatchTimes {
  const flights = Math.ceil(Math.log2(bytes / INITIAL_WINDOW_BYTES + 1))
  return {
    beforeMs: Math.min(MAX_WATCH_MS, MIN_BEFORE_MS + connectMs),
    afterMs: Math.min(MAX_WATCH_MS, MIN_AFTER_MS + (1 + Math.max(1, flights)) * connectMs),
  }
}

/**
 * Waits, and rejects when the connection was closed meanwhile. A receiver that is stopping, or a load balancer without
 * a backend, accepts a connection and closes it. As long as nothing was written to it, nothing is in doubt.
 */
export function waitWhileOpen(socket: Socket, watchMs: number, wait: Wait = realWait): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClosed = () => {
      cancelWait()
      reject(new Error('the receiver closed the connection before anything was sent'))
      socket.destroy()
    }
    const onOpen = () => {
      socket.off('end', onClosed).off('close', onClosed)
      // a reset destroys the socket at once, but its event comes a little later
      if (socket.destroyed) onClosed()
      else resolve()
    }
    // after the timer the event loop polls its sockets once more
    const cancelWait = wait(watchMs, () => setImmediate(onOpen))
    socket.once('end', onClosed).once('close', onClosed)
    // no data is expected, but unread data would hold back the other side's end
    socket.resume()
  })
}

/**
 * Writes, and finds out what happened to the bytes. StatsD has no acknowledgements, but TCP shows enough:
 *
 * - A receiver that closes its side after our end has read everything. So we end only when an end that was sent
 *   earlier would have arrived.
 * - A receiver that closes its side before our end has either read everything that was written, or its system answers
 *   unread data with a reset. So some time after its end an empty write shows whether a reset has arrived.
 * - A connection that breaks in another way may have carried a part of the bytes.
 *
 * A packet that is lost and sent again can take longer than any watch. When that happens to the bytes or to the
 * receiver's end just as the receiver stops, the bytes count as sent though nobody read them.
 */
export function deliver(
  socket: Socket,
  bytes: Uint8Array,
  { watchMs, timeoutMs }: { readonly watchMs: number; readonly timeoutMs: number },
  wait: Wait = realWait,
): Promise<SendResult> {
  return new Promise((resolve) => {
    const setSent = () => resolve({ outcome: 'sent' })
    const setDoubtful = (error: Error) => resolve({ outcome: 'doubtful', error })
    const timer = setTimeout(
      () => setDoubtful(new Error(`the receiver has not read everything within ${timeoutMs} ms`)),
      timeoutMs,
    )
    let hasEnded = false
    let cancelWait = () => {}
    let onEnd = () => {
      hasEnded = true
    }
    const checkForReset = () => socket.write(NO_BYTES, (error) => (error ? setDoubtful(error) : setSent()))
    socket.once('error', setDoubtful)
    socket.once('close', () => {
      clearTimeout(timer)
      cancelWait()
      setDoubtful(new Error('the connection broke before the receiver had closed its side'))
    })
    socket.once('end', () => onEnd())
    socket.write(bytes, (error) => {
      if (error) return
      cancelWait = wait(watchMs, () => {
        if (hasEnded) {
          cancelWait = wait(watchMs, checkForReset)
          return
        }
        onEnd = setSent
        socket.end()
      })
    })
  })
}

/** Calls back after so many milliseconds. Returns a function that cancels it. Tests have their own time. */
export type Wait = (ms: number, callback: () => void) => () => void

const realWait: Wait = (ms, callback) => {
  const timer = setTimeout(callback, Math.ceil(ms))
  return () => clearTimeout(timer)
}

/** A write of no bytes sends nothing, and fails when a reset has arrived. */
const NO_BYTES = new Uint8Array(0)
