import type { HostResolver } from './host-resolver.js'
import { Pacer } from './pacer.js'
import type { ChunkFormat, Sender, SendResult } from './sender.js'
import { targetUrl } from './target-url.js'
import { openStatsdClient, type DatagramClient } from './statsd-client.js'

/** What a {@link UdpSender} is set to. */
export interface UdpSettings {
  readonly host: string
  readonly port: number
  readonly maxBytes: number
  readonly maxBytesPerMs: number
}

/** Sends datagrams over UDP at a pace. After an error the next address is tried, or the host is looked up again. */
export class UdpSender implements Sender {
  readonly format: ChunkFormat
  readonly target: string
  readonly #resolver: HostResolver
  readonly #port: number
  readonly #pacer: Pacer
  #client: DatagramClient | undefined
  #isClosed = false

  constructor(resolver: HostResolver, settings: UdpSettings) {
    this.format = { maxBytes: settings.maxBytes, lastLineBreak: 'omitted' }
    this.target = targetUrl('udp', settings)
    this.#resolver = resolver
    this.#port = settings.port
    this.#pacer = new Pacer(settings.maxBytesPerMs)
  }

  open(): void {
    this.#isClosed = false
    this.#pacer.switchOn()
  }

  hurry(): void {
    this.#pacer.switchOff()
  }

  async send(bytes: Uint8Array): Promise<SendResult> {
    await this.#pacer.wait(bytes.length)
    for (;;) {
      const error = await this.#trySend(bytes)
      if (error === undefined) return { outcome: 'sent' }
      this.#closeClient()
      if (!this.#resolver.failed() || this.#isClosed) return { outcome: 'failed', error }
    }
  }

  close(): void {
    this.#isClosed = true
    this.hurry()
    this.#closeClient()
  }

  /** Resolves to the error, if there was one. */
  async #trySend(bytes: Uint8Array): Promise<unknown> {
    try {
      const client = (this.#client ??= await this.#openClient())
      return await client.send(bytes)
    } catch (thrown) {
      return thrown
    }
  }

  async #openClient(): Promise<DatagramClient> {
    if (this.#isClosed) throw closedError()
    const client = await openStatsdClient(await this.#resolver.resolve(), this.#port)
    if (!this.#isClosed) return client
    client.close()
    throw closedError()
  }

  #closeClient(): void {
    this.#client?.close()
    this.#client = undefined
  }
}

function closedError(): Error {
  return new Error('closed before the socket was open')
}
