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

/** Sends datagrams over UDP at a pace. Finds a host that moved: see HostResolver. */
export class UdpSender implements Sender {
  readonly format: ChunkFormat
  readonly target: string
  readonly #resolver: HostResolver
  readonly #port: number
  readonly #pacer: Pacer
  #client: DatagramClient | undefined
  /** The one that the client sends to. */
  #address = ''
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
      const client = await this.#currentClient()
      return await client.send(bytes)
    } catch (thrown) {
      return thrown
    }
  }

  /** The open client, or another one when the host has moved. */
  async #currentClient(): Promise<DatagramClient> {
    if (this.#isClosed) throw closedError()
    const target = await this.#resolver.resolve()
    if (this.#client !== undefined && target.address === this.#address) return this.#client
    this.#closeClient()
    const client = await openStatsdClient(target, this.#port)
    if (this.#isClosed) {
      client.close()
      throw closedError()
    }
    this.#address = target.address
    return (this.#client = client)
  }

  #closeClient(): void {
    this.#client?.close()
    this.#client = undefined
  }
}

function closedError(): Error {
  return new Error('closed before the socket was open')
}
