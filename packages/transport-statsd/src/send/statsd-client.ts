import type { Socket } from 'node:dgram'
import StatsdClient from 'statsd-client'
import type { Address } from './resolve-host.js'

/** The socket inside a statsd-client 0.4, as far as it is used here; `lib/EphemeralSocket.js`. */
interface EphemeralSocket {
  _socket: Socket | undefined
  /** Binds a socket unless there is one, and calls back; at once when there is. */
  _createSocket(callback: () => void): void
  /** Closes at once; `close()` would wait 10 ms on a timer that keeps the process alive. */
  kill(): void
}

interface OpenClient {
  readonly _socket: EphemeralSocket
  /** Its type says text; what it does is `Buffer.from`, which takes bytes as well. */
  raw(datagram: Uint8Array): unknown
}

/** Sends datagrams to one address. */
export interface DatagramLink {
  /** Resolves to the error, if there was one, once the datagram has left and a refusal would have come back. */
  send(datagram: Uint8Array): Promise<Error | undefined>
  close(): void
}

/**
 * UDP by way of statsd-client, of which nothing is left to go wrong:
 *
 * - it gets an address, never a name, so it looks nothing up;
 * - `maxBufferSize: 0` switches its buffer off, and with it its counting of characters and its empty datagrams;
 * - with `socketTimeout: 0` beside that, no timer is ever started (`_enqueue`, which starts one, is not reached);
 * - it formats nothing: `raw()` is handed whole datagrams;
 * - its `send` hears no error: the socket's own is put in its place, with a callback, and the socket is connected, so
 *   that the system tells when nobody listens there;
 * - its listener for errors would silently put an unconnected socket in the place of this one: it is taken off.
 *
 * Rejects when the socket can't be opened.
 */
export async function openStatsdClient({ address, family }: Address, port: number): Promise<DatagramLink> {
  const client = new StatsdClient({
    host: address,
    port,
    ipv6: family === 6,
    maxBufferSize: 0,
    socketTimeout: 0,
  } as ConstructorParameters<typeof StatsdClient>[0]) as unknown as OpenClient
  const ephemeral = client._socket
  const socket = await connected(ephemeral, { address, port })
  let heard: Error | undefined
  let report: (error: Error | null) => void = () => {}
  // of an earlier datagram: the system has been told that it was refused
  socket.on('error', (error) => (heard = error))
  const send = socket.send.bind(socket) as (datagram: Uint8Array, done: typeof report) => void
  socket.send = (datagram: unknown) => send(datagram as Uint8Array, report)
  return {
    async send(datagram) {
      // that refusal came late, as over a network: this datagram would go the same way
      if (heard !== undefined) return heard
      const error = await new Promise<Error | null>((resolve) => {
        report = resolve
        client.raw(datagram)
      })
      await looked()
      return error ?? heard
    },
    close: () => ephemeral.kill(),
  }
}

function connected(ephemeral: EphemeralSocket, to: { address: string; port: number }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const bound = () => {
      const socket = ephemeral._socket!
      // Node.js hands the error to the callback, though its types don't say so
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
    ephemeral._createSocket(bound)
    // the library's own listener has closed it by then
    ephemeral._socket!.once('error', reject)
  })
}

/**
 * Resolves when the event loop has looked at its sockets: on this machine a refusal has come back by then. Begun while
 * it looks, the first turn ends before the next look, and so takes a second.
 */
async function looked(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
}
