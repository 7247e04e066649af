import { connect, type Socket } from 'node:net'

/** Connections of one sort, and when each of them ended. */
export interface Crowd {
  readonly sockets: readonly Socket[]
  readonly startedMs: number
  /** When each ended, from the start of the crowd. */
  readonly endedAfterMs: number[]
  readonly open: () => number
  end(): void
}

function crowd(port: number, count: number, live: (socket: Socket) => void): Crowd {
  const startedMs = performance.now()
  const endedAfterMs: number[] = []
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    // the end is only seen by who reads; a reset, or an attempt to write, tells the others
    socket.once('close', () => endedAfterMs.push(performance.now() - startedMs))
    live(socket)
    return socket
  })
  return {
    sockets,
    startedMs,
    endedAfterMs,
    open: () => count - endedAfterMs.length,
    end: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Clients that ask for everything and never read a byte. */
export function neverReaders(port: number, count: number): Crowd {
  return crowd(port, count, (socket) => {
    socket.pause()
    socket.once('connect', () => socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'))
  })
}

/** Clients that send a byte of their headers now and then. */
export function slowHeaders(port: number, count: number): Crowd {
  return crowd(port, count, (socket) => {
    socket.resume()
    socket.once('connect', () => socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: '))
    const timer = setInterval(() => socket.writable && socket.write('a'), 200)
    socket.once('close', () => clearInterval(timer))
  })
}
