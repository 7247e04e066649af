import { connect, type Socket } from 'node:net'
import { createWatchTimes, deliver, waitWhileOpen } from './delivery.js'
import type { Address, HostResolver } from './host-resolver.js'
import type { ChunkFormat, Sender, SendResult } from './sender.js'
import { targetUrl } from './target-url.js'
import { withTimeout } from './with-timeout.js'

const CONNECT_TIMEOUT_MS = 3_000
/** How long a receiver may take to read a chunk. */
const READ_TIMEOUT_MS = 120_000

/**
 * Sends lines over TCP, one connection per chunk; `delivery.ts` finds out what happened to a chunk.
 *
 * A connection that could not be made, or was closed before the first byte, carried nothing. One that broke later
 * leaves its own chunk in doubt, and no other.
 */
export class TcpSender implements Sender {
  readonly format: ChunkFormat
  readonly target: string
  readonly #resolver: HostResolver
  readonly #port: number
  #socket: Socket | undefined
  #isClosed = false

  constructor(
    resolver: HostResolver,
    settings: { readonly host: string; readonly port: number; readonly maxBytes: number },
  ) {
    this.format = { maxBytes: settings.maxBytes, lastLineBreak: 'sent' }
    this.target = targetUrl('tcp', settings)
    this.#resolver = resolver
    this.#port = settings.port
  }

  open(): void {
    this.#isClosed = false
  }

  async send(bytes: Uint8Array): Promise<SendResult> {
    for (;;)
      try {
        this.#assertOpen()
        return await this.#sendTo(await this.#resolver.resolve(), bytes)
      } catch (error) {
        // nothing was sent to this address: another one may be tried
        if (!this.#resolver.failed() || this.#isClosed) return { outcome: 'failed', error }
      }
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.destroy(new Error('closed before the receiver had read everything'))
    this.#socket = undefined
  }

  /** Rejects when nothing was sent. */
  async #sendTo(address: Address, bytes: Uint8Array): Promise<SendResult> {
    const fromMs = performance.now()
    const socket = await this.#connect(address)
    const times = createWatchTimes(performance.now() - fromMs, bytes.length)
    await waitWhileOpen(socket, times.beforeMs)
    const result = await deliver(socket, bytes, { watchMs: times.afterMs, timeoutMs: READ_TIMEOUT_MS })
    socket.destroy()
    this.#socket = undefined
    if (result.outcome !== 'sent') this.#resolver.failed()
    return result
  }

  async #connect({ address, family }: Address): Promise<Socket> {
    this.#assertOpen()
    const socket = connect({ host: address, port: this.#port, family, allowHalfOpen: true, noDelay: true })
    this.#socket = socket
    // without a listener an error would end the process
    socket.on('error', () => {})
    const connected = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject)
      socket.once('close', () => reject(closedError()))
    })
    const timeoutError = () =>
      new Error(`connecting to ${this.target} took longer than ${CONNECT_TIMEOUT_MS} ms`)
    try {
      await withTimeout(CONNECT_TIMEOUT_MS, connected, timeoutError)
      return socket
    } catch (thrown) {
      socket.destroy()
      throw thrown
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw closedError()
  }
}

function closedError(): Error {
  return new Error('closed before the connection was made')
}
