/** A TCP proxy that breaks its connections after exact counts of bytes. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

export interface BreakingProxy {
  readonly port: number
  /** Accepted so far. */
  readonly connections: number
  readonly breaks: number
  /** Bytes that were forwarded, over all connections. */
  readonly forwardedBytes: number
  /** Breaks every open connection. */
  breakNow(how: Break): void
  /** Resolves when everything that was accepted has been forwarded. */
  allForwarded(): Promise<void>
  stop(): Promise<void>
}

/**
 * `end`: closed as the system does it for a process that ends: with an end when everything was forwarded, with a reset
 * when something was not. `reset`: always with a reset.
 */
export type Break = 'end' | 'reset'

export interface BreakingProxyOptions {
  /** The port on 127.0.0.1 that it forwards to. */
  readonly to: number
  /** How many bytes of the first, second, … connection are forwarded before it breaks. Later ones never break. */
  readonly after?: readonly number[]
  readonly how?: Break
}

/** Starts the proxy. Bytes beyond the count of a connection are dropped. */
export async function startBreakingProxy(options: BreakingProxyOptions): Promise<BreakingProxy> {
  const state = { connections: 0, breaks: 0, forwardedBytes: 0 }
  const open = new Set<ProxiedConnection>()
  const server = createServer((client) => {
    const limit = options.after?.[state.connections++] ?? Infinity
    const connection = new ProxiedConnection(client, options.to, { limit, how: options.how ?? 'end' })
    open.add(connection)
    connection.onForward = (bytes) => (state.forwardedBytes += bytes)
    connection.onBreak = () => state.breaks++
    connection.onClose = () => open.delete(connection)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return state.connections
    },
    get breaks() {
      return state.breaks
    },
    get forwardedBytes() {
      return state.forwardedBytes
    },
    breakNow: (how) => open.forEach((connection) => connection.break(how)),
    allForwarded: async () => {
      for (let quiet = 0, before = -1; quiet < 10; quiet++) {
        if (before !== state.forwardedBytes || [...open].some((connection) => connection.isForwarding))
          quiet = 0
        before = state.forwardedBytes
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    stop: async () => {
      for (const connection of open) connection.break('reset')
      server.close()
      await once(server, 'close')
    },
  }
}

class ProxiedConnection {
  onForward: (bytes: number) => void = () => {}
  onBreak: () => void = () => {}
  onClose: () => void = () => {}
  readonly #client: Socket
  readonly #server: Socket
  #left: number
  #broken = false

  constructor(client: Socket, to: number, { limit, how }: { limit: number; how: Break }) {
    this.#client = client
    this.#left = limit
    this.#server = connect(to, '127.0.0.1')
    client.on('data', (bytes) => this.#forward(bytes, how))
    client.on('end', () => this.#server.end())
    // the server closes: the client's connection is closed, too
    this.#server.on('end', () => client.end()).on('error', () => client.destroy())
    this.#server.on('drain', () => client.resume()).resume()
    client.on('error', () => this.#server.end())
    client.on('close', () => this.#server.end())
    this.#server.on('close', () => this.onClose())
  }

  get isForwarding(): boolean {
    return this.#server.connecting || this.#server.writableLength > 0
  }

  break(how: Break): void {
    if (this.#broken) return
    this.#broken = true
    this.onBreak()
    if (how === 'reset') this.#client.resetAndDestroy()
    else this.#client.destroy()
    this.#server.end()
  }

  #forward(bytes: Buffer, how: Break): void {
    if (this.#broken) return
    const part = bytes.subarray(0, Math.min(this.#left, bytes.length))
    this.#left -= part.length
    this.onForward(part.length)
    if (part.length > 0 && !this.#server.write(part)) this.#client.pause()
    if (this.#left === 0) this.break(part.length < bytes.length ? 'reset' : how)
  }
}
