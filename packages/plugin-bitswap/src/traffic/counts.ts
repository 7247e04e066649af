/** The contents of one message, or of all messages of one direction since counting started. */
export interface TrafficTotals {
  readonly messages: number
  readonly blocks: number
  /** Bytes of the blocks themselves, without prefixes, protobuf and the layers below. */
  readonly bytes: number
  /** Answers that a block is there. */
  readonly have: number
  /** Answers that a block is not there. */
  readonly dontHave: number
  /** Wantlist entries that ask for a block or for its presence; without {@link cancels}. */
  readonly wants: number
  /** Wantlist entries that cancel an earlier want. */
  readonly cancels: number
}

/** Counts messages. The fields may be incremented directly. */
export class TrafficCounts implements TrafficTotals {
  messages = 0
  blocks = 0
  bytes = 0
  have = 0
  dontHave = 0
  wants = 0
  cancels = 0

  /** Counts one message with these contents. What is left out is 0. */
  message(contents: Partial<Omit<TrafficTotals, 'messages'>> = {}): void {
    this.messages++
    this.blocks += contents.blocks ?? 0
    this.bytes += contents.bytes ?? 0
    this.have += contents.have ?? 0
    this.dontHave += contents.dontHave ?? 0
    this.wants += contents.wants ?? 0
    this.cancels += contents.cancels ?? 0
  }
}

/** Why a send failed: no stream to the peer could be opened, or it ended before the message was sent. */
export const sendFailureReasons = ['dial', 'stream'] as const

/** One of {@link sendFailureReasons}. */
export type SendFailureReason = (typeof sendFailureReasons)[number]
