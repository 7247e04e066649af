import type { ChunkForm, Sender, Sending } from './sender.js'

/** A receiver that has no room is tried again after so long, and for so long in all. */
const RETRY_MS = 20
const ROOM_TIMEOUT_MS = 500

/** What is used of a `DgramSocket` of node-unix-socket. */
interface DgramSocketLike {
  sendTo(bytes: Buffer, at: number, length: number, path: string, done: (error?: Error) => void): void
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): void
}

interface UnixSocketModule {
  readonly DgramSocket: new () => DgramSocketLike
}

/**
 * Datagrams over a Unix socket, which Node.js itself has not got.
 *
 * node-unix-socket calls back before `sendTo` returns, unless the receiver has no room: then it keeps the datagram and
 * tries again and again, which takes a whole core. Closing the socket takes the datagram back; so each has either gone
 * or not, and it is tried again from here.
 */
export class UnixSender implements Sender {
  readonly form: ChunkForm
  readonly target: string
  readonly #path: string
  #module: UnixSocketModule | undefined
  #socket: DgramSocketLike | undefined
  #isClosed = false

  constructor(settings: { readonly path: string; readonly maxBytes: number }) {
    this.form = { maxBytes: settings.maxBytes, lastLineBreak: 'left out' }
    this.target = `unix://${settings.path}`
    this.#path = settings.path
  }

  /** Rejects when node-unix-socket is not there. */
  async prepare(): Promise<void> {
    try {
      this.#module ??= (await import('node-unix-socket')) as unknown as UnixSocketModule
    } catch (thrown) {
      throw new Error(
        'sending over a Unix socket needs the package node-unix-socket, which could not be loaded; npm install node-unix-socket',
        { cause: thrown },
      )
    }
  }

  open(): void {
    this.#isClosed = false
  }

  async send(bytes: Uint8Array): Promise<Sending> {
    try {
      await this.prepare()
      this.#assertOpen()
      for (let waitedMs = 0; !this.#attempt(bytes); waitedMs += RETRY_MS) {
        if (waitedMs >= ROOM_TIMEOUT_MS)
          throw new Error(`the receiver has had no room for ${ROOM_TIMEOUT_MS} ms`)
        // keeps the process alive, as nothing else does here: a stop at its end waits for this
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        this.#assertOpen()
      }
      return { outcome: 'sent' }
    } catch (error) {
      this.rest()
      return { outcome: 'failed', error }
    }
  }

  /** An open socket would keep the process alive. */
  rest(): void {
    this.#socket?.close()
    this.#socket = undefined
  }

  close(): void {
    this.#isClosed = true
    this.rest()
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('closed before the receiver had room')
  }

  /** False when the receiver has no room. Throws when it is not there. */
  #attempt(bytes: Uint8Array): boolean {
    const socket = (this.#socket ??= this.#open())
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const heard: { error?: Error | undefined }[] = []
    socket.sendTo(buffer, 0, buffer.length, this.#path, (error) => heard.push({ error }))
    if (heard.length === 0) this.rest()
    else if (heard[0].error !== undefined && heard[0].error !== null) throw heard[0].error
    return heard.length > 0
  }

  #open(): DgramSocketLike {
    const socket = new this.#module!.DgramSocket()
    socket.on('error', () => {
      if (this.#socket === socket) this.#socket = undefined
    })
    return socket
  }
}
