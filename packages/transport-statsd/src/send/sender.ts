/** What a chunk of lines looks like on one protocol. */
export interface ChunkFormat {
  /** The most bytes that are sent together. */
  readonly maxBytes: number
  /** A stream needs the line break after the last line, a datagram does not. */
  readonly lastLineBreak: 'sent' | 'omitted'
}

/**
 * What happened to a chunk. `sent`: the receiver has it, as far as the protocol can say. `failed`: the receiver has
 * nothing of it. `doubtful`: the receiver may have a part of it.
 */
export type SendResult =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'doubtful'; readonly error: unknown }

/** Sends chunks to the receiver, one at a time. Opens what it needs when it needs it. */
export interface Sender {
  readonly format: ChunkFormat
  /** Where it sends to, for messages. */
  readonly target: string
  /** Rejects when it cannot work at all, such as without an optional package. Does not use the network. */
  prepare?(): Promise<void>
  /** Allows sending again after a close. A new sender is open. */
  open?(): void
  /** Never rejects. The bytes must not change, and the next call must not come, before it resolves. */
  send(bytes: Uint8Array): Promise<SendResult>
  /** Sends without a pace from now on until `open`: what is not sent soon is lost. */
  hurry?(): void
  /** Closes what must not stay open between two runs. */
  endRun?(): void
  /**
   * Closes everything at once. What is being sent ends as failed or doubtful, and later calls of `send` fail until
   * `open`. May be called again.
   */
  close(): void
}
