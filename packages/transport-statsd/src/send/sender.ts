/** How lines are put together for one way of sending. */
export interface ChunkForm {
  /** Most bytes that go out at once. */
  readonly maxBytes: number
  /** A stream needs the line break behind the last line, a datagram does not. */
  readonly lastLineBreak: 'sent' | 'left out'
}

/**
 * What became of a chunk.
 *
 * `sent`: the receiver has it, as far as its protocol can tell. `failed`: it certainly has none of it. `doubtful`: it
 * may have some of it.
 */
export type Sending =
  | { readonly outcome: 'sent' }
  | { readonly outcome: 'failed'; readonly error: unknown }
  | { readonly outcome: 'doubtful'; readonly error: unknown }

/** Carries chunks to the receiver, one at a time. Opens what it needs when it needs it. */
export interface Sender {
  readonly form: ChunkForm
  /** Where it sends, for people. */
  readonly target: string
  /** Finds out whether it could work at all, without touching the network. */
  prepare?(): Promise<void>
  /** Sends from now on, also after a close. A new sender is open. */
  open?(): void
  /** Never rejects. The bytes stay as they are until it resolves; the next call comes after that. */
  send(bytes: Uint8Array): Promise<Sending>
  /** Between two flushes. */
  rest?(): void
  /**
   * Closes everything at once; what is under way then ends as failed or doubtful, and what comes later fails, so that
   * nothing is opened any more. May be called again.
   */
  close(): void
}
