import { connect, type Socket } from 'node:net'
import { deliver, staysOpen, watchFor } from './delivery.js'
import type { Address, HostResolver } from './resolve-host.js'
import type { ChunkForm, Sender, Sending } from './sender.js'
import { withinTime } from './within-time.js'

const CONNECT_TIMEOUT_MS = 3_000
/** A receiver that has taken nothing for so long is given up; until then the chunk is its to read. */
const ANSWER_TIMEOUT_MS = 120_000

/**
 * Lines over TCP, one connection for each chunk; see `delivery.ts` for what becomes of a chunk.
 *
 * A connection that could not be made, or was closed before the first byte, has carried nothing; one that broke later
 * leaves its chunk in doubt, and no other.
 */
export class TcpSender implements Sender {
  readonly form: ChunkForm
  readonly target: string
  readonly #resolver: HostResolver
  readonly #port: number
  #socket: Socket | undefined
  #isClosed = false

  constructor(
    resolver: HostResolver,
    settings: { readonly host: string; readonly port: number; readonly maxBytes: number },
  ) {
    this.form = { maxBytes: settings.maxBytes, lastLineBreak: 'sent' }
    this.target = `tcp://${settings.host}:${settings.port}`
    this.#resolver = resolver
    this.#port = settings.port
  }

  open(): void {
    this.#isClosed = false
  }

  async send(bytes: Uint8Array): Promise<Sending> {
    for (;;)
      try {
        this.#assertOpen()
        const address = await this.#resolver.resolve()
        const fromMs = performance.now()
        const socket = await this.#connect(address)
        const watch = watchFor(performance.now() - fromMs, bytes.length)
        await staysOpen(socket, watch.beforeMs)
        const sending = await deliver(socket, bytes, {
          watchMs: watch.afterMs,
          timeoutMs: ANSWER_TIMEOUT_MS,
        })
        socket.destroy()
        this.#socket = undefined
        if (sending.outcome !== 'sent') this.#resolver.failed()
        return sending
      } catch (error) {
        // another address may do: nothing has been sent to this one
        if (!this.#resolver.failed() || this.#isClosed) return { outcome: 'failed', error }
      }
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.destroy(new Error('closed before the receiver had read everything'))
    this.#socket = undefined
  }

  async #connect({ address, family }: Address): Promise<Socket> {
    this.#assertOpen()
    const socket = connect({ host: address, port: this.#port, family, allowHalfOpen: true, noDelay: true })
    this.#socket = socket
    // without a listener an error would end the process
    socket.on('error', () => {})
    const made = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject)
      socket.once('close', () => reject(new Error('closed before the connection was made')))
    })
    const late = () => new Error(`connecting to ${this.target} took longer than ${CONNECT_TIMEOUT_MS} ms`)
    try {
      await withinTime(CONNECT_TIMEOUT_MS, made, late)
      return socket
    } catch (thrown) {
      socket.destroy()
      throw thrown
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('closed before the connection was made')
  }
}
