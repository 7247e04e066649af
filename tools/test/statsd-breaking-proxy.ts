/** A TCP proxy that breaks its connections after exact counts of bytes. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'

export interface BreakingProxy {
  readonly port: number
  /** Accepted so far. */
  readonly connections: number
  readonly breaks: number
  /** What has been passed on, over all connections. */
  readonly forwardedBytes: number
  /** Breaks every connection that is open now. */
  breakNow(how: Break): void
  /** Once nothing is under way any more: all that was taken has been passed on. */
  settled(): Promise<void>
  stop(): Promise<void>
}

/**
 * `end`: closed as the system closes for a process that ends: in good order when all that came had been passed on, cut
 * off when something had not. `reset`: cut off in any case.
 */
export type Break = 'end' | 'reset'

export interface BreakingProxyOptions {
  /** The port on 127.0.0.1 that is behind it. */
  readonly to: number
  /** The first connection is broken when so many bytes of it have been passed on, and so forth; later ones never. */
  readonly after?: readonly number[]
  readonly how?: Break
}

/** Bytes that came in beyond the count are thrown away: what is behind it never sees them. */
export async function startBreakingProxy(options: BreakingProxyOptions): Promise<BreakingProxy> {
  const state = { connections: 0, breaks: 0, forwardedBytes: 0 }
  const open = new Set<Passage>()
  const server = createServer((client) => {
    const limit = options.after?.[state.connections++] ?? Infinity
    const passage = new Passage(client, options.to, { limit, how: options.how ?? 'end' })
    open.add(passage)
    passage.onForward = (bytes) => (state.forwardedBytes += bytes)
    passage.onBreak = () => state.breaks++
    passage.onClose = () => open.delete(passage)
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
    breakNow: (how) => open.forEach((passage) => passage.break(how)),
    settled: async () => {
      for (let quiet = 0, before = -1; quiet < 10; quiet++) {
        if (before !== state.forwardedBytes || [...open].some((passage) => passage.isBusy)) quiet = 0
        before = state.forwardedBytes
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    stop: async () => {
      for (const passage of open) passage.break('reset')
      server.close()
      await once(server, 'close')
    },
  }
}

class Passage {
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
    // what is behind it goes: so does the connection to it
    this.#server.on('end', () => client.end()).on('error', () => client.destroy())
    this.#server.on('drain', () => client.resume()).resume()
    client.on('error', () => this.#server.end())
    client.on('close', () => this.#server.end())
    this.#server.on('close', () => this.onClose())
  }

  get isBusy(): boolean {
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
