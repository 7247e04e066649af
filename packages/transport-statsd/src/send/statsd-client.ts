import type { Socket } from 'node:dgram'
import StatsdClient from 'statsd-client'
import type { Address } from './host-resolver.js'

/** The part of the socket inside statsd-client 0.4 that is used; `lib/EphemeralSocket.js`. */
interface EphemeralSocket {
  _socket: Socket | undefined
  /** Binds a socket unless there is one, and calls back; at once when there is. */
  _createSocket(callback: () => void): void
  /** Closes at once; `close()` would wait 10 ms on a timer that keeps the process alive. */
  kill(): void
}

interface StatsdClientInternals {
  readonly _socket: EphemeralSocket
  /** Its type says text, but it calls `Buffer.from`, which accepts bytes as well. */
  raw(datagram: Uint8Array): unknown
}

/** Sends datagrams to one address. */
export interface DatagramClient {
  /** Resolves to the error, if there was one, when the datagram was sent and a refusal would have arrived. */
  send(datagram: Uint8Array): Promise<Error | undefined>
  close(): void
}

/**
 * A client for UDP that uses statsd-client so that its known problems cannot occur:
 *
 * - it gets an address, never a host name, so it looks nothing up;
 * - `maxBufferSize: 0` switches its buffer off, and with it its counting of characters and its empty datagrams;
 * - with `socketTimeout: 0` as well, no timer is ever started (`_enqueue`, which starts one, is not reached);
 * - it formats nothing: `raw()` gets complete datagrams;
 * - it calls `send` without a callback, so the socket's `send` is replaced by one with a callback, and the socket is
 *   connected, so that the system reports when nobody listens;
 * - its error listener would silently replace the socket by an unconnected one, so it is removed.
 *
 * Rejects when the socket cannot be opened.
 */
export async function openStatsdClient({ address, family }: Address, port: number): Promise<DatagramClient> {
  const client = new StatsdClient({
    host: address,
    port,
    ipv6: family === 6,
    maxBufferSize: 0,
    socketTimeout: 0,
  } as ConstructorParameters<typeof StatsdClient>[0]) as unknown as StatsdClientInternals
  const ephemeral = client._socket
  const socket = await connect(ephemeral, { address, port })
  let socketError: Error | undefined
  let done: (error: Error | null) => void = () => {}
  // an earlier datagram was refused
  socket.on('error', (error) => (socketError = error))
  const send = socket.send.bind(socket) as (datagram: Uint8Array, callback: typeof done) => void
  socket.send = (datagram: unknown) => send(datagram as Uint8Array, done)
  return {
    async send(datagram) {
      // the refusal came late, as over a network: this datagram would be refused, too
      if (socketError !== undefined) return socketError
      const error = await new Promise<Error | null>((resolve) => {
        done = resolve
        client.raw(datagram)
      })
      await nextPoll()
      return error ?? socketError
    },
    close: () => ephemeral.kill(),
  }
}

function connect(ephemeral: EphemeralSocket, to: { address: string; port: number }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const onBound = () => {
      const socket = ephemeral._socket!
      // Node.js passes the error to the callback, though its types do not say so
      socket.connect(to.port, to.address, (error?: Error) => {
        socket.removeAllListeners('error')
        if (error !== undefined) {
          ephemeral.kill()
          reject(error)
          return
        }
        socket.unref()
        resolve(socket)
      })
    }
    ephemeral._createSocket(onBound)
    // the library's own listener has closed the socket by then
    ephemeral._socket!.once('error', reject)
  })
}

/**
 * Resolves when the event loop has polled its sockets: a refusal by this machine has arrived by then. When this is
 * called during a poll, the first turn ends before the next poll, so it takes two.
 */
async function nextPoll(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
}
