/** What one message holds, or what messages of one direction held since counting began. */
export interface TrafficTotals {
  readonly messages: number
  readonly blocks: number
  /** Payload of the blocks, in bytes: without prefixes, protobuf and what is below. */
  readonly bytes: number
  /** "I have the block". */
  readonly have: number
  /** "I do not have the block". */
  readonly dontHave: number
  /** Entries of wantlists, whether for a block or for its presence; without {@link cancels}. */
  readonly wants: number
  /** Entries of wantlists that take an earlier want back. */
  readonly cancels: number
}

/** Plain numbers, counted up in place: the hot path is an addition. */
export class TrafficTally implements TrafficTotals {
  messages = 0
  blocks = 0
  bytes = 0
  have = 0
  dontHave = 0
  wants = 0
  cancels = 0

  /** Counts one message with these parts. Parts that are left out are 0. */
  message(parts: Partial<Omit<TrafficTotals, 'messages'>> = {}): void {
    this.messages++
    this.blocks += parts.blocks ?? 0
    this.bytes += parts.bytes ?? 0
    this.have += parts.have ?? 0
    this.dontHave += parts.dontHave ?? 0
    this.wants += parts.wants ?? 0
    this.cancels += parts.cancels ?? 0
  }
}

/** Why a send failed: no stream to the peer could be opened, or it ended before the message had left. */
export const sendFailureReasons = ['dial', 'stream'] as const

export type SendFailureReason = (typeof sendFailureReasons)[number]
