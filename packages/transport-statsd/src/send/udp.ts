import type { HostResolver } from './resolve-host.js'
import type { ChunkForm, Sender, Sending } from './sender.js'
import { openStatsdClient, type DatagramLink } from './statsd-client.js'

/** Datagrams over UDP. After an error the next address is tried, or the host looked up again. */
export class UdpSender implements Sender {
  readonly form: ChunkForm
  readonly target: string
  readonly #resolver: HostResolver
  readonly #port: number
  #link: DatagramLink | undefined
  #isClosed = false

  constructor(
    resolver: HostResolver,
    settings: { readonly host: string; readonly port: number; readonly maxBytes: number },
  ) {
    this.form = { maxBytes: settings.maxBytes, lastLineBreak: 'left out' }
    this.target = `udp://${settings.host}:${settings.port}`
    this.#resolver = resolver
    this.#port = settings.port
  }

  open(): void {
    this.#isClosed = false
  }

  async send(bytes: Uint8Array): Promise<Sending> {
    for (;;) {
      const error = await this.#attempt(bytes)
      if (error === undefined) return { outcome: 'sent' }
      this.#drop()
      if (!this.#resolver.failed() || this.#isClosed) return { outcome: 'failed', error }
    }
  }

  close(): void {
    this.#isClosed = true
    this.#drop()
  }

  /** Resolves to what went wrong. */
  async #attempt(bytes: Uint8Array): Promise<unknown> {
    try {
      const link = (this.#link ??= await this.#open())
      return await link.send(bytes)
    } catch (thrown) {
      return thrown
    }
  }

  async #open(): Promise<DatagramLink> {
    if (this.#isClosed) throw closedError()
    const link = await openStatsdClient(await this.#resolver.resolve(), this.#port)
    if (!this.#isClosed) return link
    link.close()
    throw closedError()
  }

  #drop(): void {
    this.#link?.close()
    this.#link = undefined
  }
}

function closedError(): Error {
  return new Error('closed before the socket was open')
}
