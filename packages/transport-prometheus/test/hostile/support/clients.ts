import { connect, type Socket } from 'node:net'

/** Connections of one kind. */
export interface Crowd {
  end(): void
}

function crowd(port: number, count: number, behave: (socket: Socket) => void): Crowd {
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    behave(socket)
    return socket
  })
  return {
    end: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Clients that request everything and never read a byte. */
export function neverReaders(port: number, count: number): Crowd {
  return crowd(port, count, (socket) => {
    socket.pause()
    socket.once('connect', () => socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'))
  })
}

/** Clients that send one byte of their headers every 200 ms. */
export function slowHeaders(port: number, count: number): Crowd {
  return crowd(port, count, (socket) => {
    socket.resume()
    socket.once('connect', () => socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: '))
    const timer = setInterval(() => socket.writable && socket.write('a'), 200)
    socket.once('close', () => clearInterval(timer))
  })
}
