import type { ChunkFormat, Sender, SendResult } from './sender.js'

/** How often, and for how long in all, a datagram is tried again for which the receiver has no room. */
const RETRY_MS = 20
const ROOM_TIMEOUT_MS = 500

/** The part of node-unix-socket's `DgramSocket` that is used. */
interface DgramSocketLike {
  sendTo(bytes: Buffer, at: number, length: number, path: string, done: (error?: Error) => void): void
  on(event: 'error', listener: (error: Error) => void): unknown
  close(): void
}

interface UnixSocketModule {
  readonly DgramSocket: new () => DgramSocketLike
}

/**
 * Sends datagrams over a Unix socket with node-unix-socket, because Node.js has no such sockets.
 *
 * node-unix-socket calls back before `sendTo` returns, unless the receiver has no room: then it retries without a
 * pause, which uses a complete core. Closing the socket cancels the datagram, so each one has either been sent or not,
 * and it is retried here.
 */
export class UnixSender implements Sender {
  readonly format: ChunkFormat
  readonly target: string
  readonly #path: string
  #module: UnixSocketModule | undefined
  #socket: DgramSocketLike | undefined
  #isClosed = false

  constructor(settings: { readonly path: string; readonly maxBytes: number }) {
    this.format = { maxBytes: settings.maxBytes, lastLineBreak: 'omitted' }
    this.target = `unix://${settings.path}`
    this.#path = settings.path
  }

  /** Rejects when node-unix-socket is not installed. */
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

  async send(bytes: Uint8Array): Promise<SendResult> {
    try {
      await this.prepare()
      this.#assertOpen()
      for (let waitedMs = 0; !this.#trySend(bytes); waitedMs += RETRY_MS) {
        if (waitedMs >= ROOM_TIMEOUT_MS)
          throw new Error(`the receiver has had no room for ${ROOM_TIMEOUT_MS} ms`)
        // this timer keeps the process alive, as nothing else does here: the last stop waits for it
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        this.#assertOpen()
      }
      return { outcome: 'sent' }
    } catch (error) {
      this.endRun()
      return { outcome: 'failed', error }
    }
  }

  /** Closes the socket, which would keep the process alive. */
  endRun(): void {
    this.#socket?.close()
    this.#socket = undefined
  }

  close(): void {
    this.#isClosed = true
    this.endRun()
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('closed before the receiver had room')
  }

  /** False when the receiver has no room. Throws when there is no receiver. */
  #trySend(bytes: Uint8Array): boolean {
    const socket = (this.#socket ??= this.#openSocket())
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const results: { readonly error?: Error | null | undefined }[] = []
    socket.sendTo(buffer, 0, buffer.length, this.#path, (error) => results.push({ error }))
    if (results.length === 0) {
      this.endRun()
      return false
    }
    const { error } = results[0]
    if (error !== undefined && error !== null) throw error
    return true
  }

  #openSocket(): DgramSocketLike {
    const socket = new this.#module!.DgramSocket()
    socket.on('error', () => {
      if (this.#socket === socket) this.#socket = undefined
    })
    return socket
  }
}
