import type { HostResolver } from './host-resolver.js'
import type { ChunkFormat, Sender, SendResult } from './sender.js'
import { openStatsdClient, type DatagramClient } from './statsd-client.js'

/** Sends datagrams over UDP. After an error the next address is tried, or the host is looked up again. */
export class UdpSender implements Sender {
  readonly format: ChunkFormat
  readonly target: string
  readonly #resolver: HostResolver
  readonly #port: number
  #client: DatagramClient | undefined
  #isClosed = false

  constructor(
    resolver: HostResolver,
    settings: { readonly host: string; readonly port: number; readonly maxBytes: number },
  ) {
    this.format = { maxBytes: settings.maxBytes, lastLineBreak: 'omitted' }
    this.target = `udp://${settings.host}:${settings.port}`
    this.#resolver = resolver
    this.#port = settings.port
  }

  open(): void {
    this.#isClosed = false
  }

  async send(bytes: Uint8Array): Promise<SendResult> {
    for (;;) {
      const error = await this.#trySend(bytes)
      if (error === undefined) return { outcome: 'sent' }
      this.#closeClient()
      if (!this.#resolver.failed() || this.#isClosed) return { outcome: 'failed', error }
    }
  }

  close(): void {
    this.#isClosed = true
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
