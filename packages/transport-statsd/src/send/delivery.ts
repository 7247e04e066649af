import type { Socket } from 'node:net'
import type { Sending } from './sender.js'

/** How long a new connection is watched before anything is written, for a receiver that drops it at once. */
const WATCH_BEFORE_MS = 1
/** How long it is watched when all has been written, and again when the receiver has closed its side by then. */
const WATCH_AFTER_MS = 5

/**
 * A receiver that is going down, or a balancer with nobody behind it, takes a connection and closes it. While nothing
 * has been written to it, nothing is in doubt. Rejects when it was closed.
 */
export function staysOpen(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => {
      clearTimeout(timer)
      reject(new Error('the receiver closed the connection before anything was sent'))
      socket.destroy()
    }
    const open = () => {
      socket.off('end', closed).off('close', closed)
      resolve()
    }
    // after the timer the loop looks at its sockets once more
    const timer = setTimeout(() => setImmediate(open), WATCH_BEFORE_MS)
    socket.once('end', closed).once('close', closed)
    // nothing is expected, but what is not read holds back the other side's end
    socket.resume()
  })
}

/**
 * Writes, and finds out what became of it. StatsD has no acknowledgement, but TCP tells enough:
 *
 * - A receiver that closes its side after our end has read everything.
 * - One that closes it before our end has either read everything that was written, or its system answers what it has
 *   not read with a reset. So a while after its end the socket is asked whether a reset has come.
 * - A connection that breaks otherwise may have carried some of it.
 */
export function deliver(socket: Socket, bytes: Uint8Array, timeoutMs: number): Promise<Sending> {
  return new Promise((resolve) => {
    const doubt = (error: Error) => resolve({ outcome: 'doubtful', error })
    const timer = setTimeout(
      () => doubt(new Error(`the receiver has not read everything within ${timeoutMs} ms`)),
      timeoutMs,
    )
    let isAnswered = false
    const sent = () => resolve({ outcome: 'sent' })
    const asked = () => socket.write(NOTHING, (error) => (error ? doubt(error) : sent()))
    let onEnd = () => {
      isAnswered = true
    }
    socket.once('error', doubt)
    socket.once('close', () => {
      clearTimeout(timer)
      doubt(new Error('the connection broke before the receiver had closed its side'))
    })
    socket.once('end', () => onEnd())
    socket.write(bytes, (error) => {
      if (error) return
      setTimeout(() => {
        if (isAnswered) return void setTimeout(asked, WATCH_AFTER_MS)
        onEnd = sent
        socket.end()
      }, WATCH_AFTER_MS)
    })
  })
}

/** A write of no bytes fails when a reset has come, and sends nothing when none has. */
const NOTHING = new Uint8Array(0)
