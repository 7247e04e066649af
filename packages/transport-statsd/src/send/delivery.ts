import type { Socket } from 'node:net'
import type { Sending } from './sender.js'

/** How long a connection is watched beside what the way to the receiver takes: before the first byte, and after the last. */
const MIN_BEFORE_MS = 1
const MIN_AFTER_MS = 5
/** No way is so long; a connection that took longer to make had to be asked for twice. */
const MAX_WATCH_MS = 1_000
/** What a system sends before it waits for the first acknowledgement (RFC 6928); after each one it sends twice as much. */
const FIRST_FLIGHT_BYTES = 14_600

/** How long a connection is watched for what the receiver may have sent already. */
export interface Watch {
  /** Before anything is written. */
  readonly beforeMs: number
  /** When all has been written, and again when the receiver has closed its side by then. */
  readonly afterMs: number
}

/**
 * The watch for a connection that was made in `connectMs`, which is a round trip: a receiver that drops it at once is
 * heard of after one more, and one that closes its side before the bytes are there after one more than these take.
 */
export function watchFor(connectMs: number, bytes: number): Watch {
  const flights = Math.ceil(Math.log2(bytes / FIRST_FLIGHT_BYTES + 1))
  return {
    beforeMs: Math.min(MAX_WATCH_MS, MIN_BEFORE_MS + connectMs),
    afterMs: Math.min(MAX_WATCH_MS, MIN_AFTER_MS + (1 + Math.max(1, flights)) * connectMs),
  }
}

/**
 * A receiver that is going down, or a balancer with nobody behind it, takes a connection and closes it. While nothing
 * has been written to it, nothing is in doubt. Rejects when it was closed.
 */
export function staysOpen(socket: Socket, watchMs: number, wait: Wait = realWait): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => {
      endWait()
      reject(new Error('the receiver closed the connection before anything was sent'))
      socket.destroy()
    }
    const open = () => {
      socket.off('end', closed).off('close', closed)
      // a reset destroys it at once, and is told a little later
      if (socket.destroyed) closed()
      else resolve()
    }
    // after the timer the loop looks at its sockets once more
    const endWait = wait(watchMs, () => setImmediate(open))
    socket.once('end', closed).once('close', closed)
    // nothing is expected, but what is not read holds back the other side's end
    socket.resume()
  })
}

/**
 * Writes, and finds out what became of it. StatsD has no acknowledgement, but TCP tells enough:
 *
 * - A receiver that closes its side after our end has read everything. So we end only when an end that was under way
 *   before would have come.
 * - One that closes it before our end has either read everything that was written, or its system answers what it has
 *   not read with a reset. So a while after its end the socket is asked whether a reset has come.
 * - A connection that breaks otherwise may have carried some of it.
 *
 * What is lost on the way and sent again by the system can take longer than any watch: when that happens to the bytes,
 * or to the receiver's end, just as the receiver goes down, they count as sent though nobody read them.
 */
export function deliver(
  socket: Socket,
  bytes: Uint8Array,
  { watchMs, timeoutMs }: { readonly watchMs: number; readonly timeoutMs: number },
  wait: Wait = realWait,
): Promise<Sending> {
  return new Promise((resolve) => {
    const doubt = (error: Error) => resolve({ outcome: 'doubtful', error })
    const timer = setTimeout(
      () => doubt(new Error(`the receiver has not read everything within ${timeoutMs} ms`)),
      timeoutMs,
    )
    let isAnswered = false
    let endWait = () => {}
    const sent = () => resolve({ outcome: 'sent' })
    const asked = () => socket.write(NOTHING, (error) => (error ? doubt(error) : sent()))
    let onEnd = () => {
      isAnswered = true
    }
    socket.once('error', doubt)
    socket.once('close', () => {
      clearTimeout(timer)
      endWait()
      doubt(new Error('the connection broke before the receiver had closed its side'))
    })
    socket.once('end', () => onEnd())
    socket.write(bytes, (error) => {
      if (error) return
      endWait = wait(watchMs, () => {
        if (isAnswered) {
          endWait = wait(watchMs, asked)
          return
        }
        onEnd = sent
        socket.end()
      })
    })
  })
}

/** Calls back after so many milliseconds, unless it is ended by what it returns. Tests have their own time. */
export type Wait = (ms: number, callback: () => void) => () => void

const realWait: Wait = (ms, callback) => {
  const timer = setTimeout(callback, Math.ceil(ms))
  return () => clearTimeout(timer)
}

/** A write of no bytes fails when a reset has come, and sends nothing when none has. */
const NOTHING = new Uint8Array(0)
