import type { TrafficCounts } from '../../traffic/counts.js'
import type { MessageLike } from '../shapes.js'

/** Counts one message that was received. */
export function countReceived(
  { blocks, blockPresences, wantlist }: MessageLike,
  counts: TrafficCounts,
): void {
  counts.messages++
  counts.blocks += blocks.length
  for (const { data } of blocks) counts.bytes += data.byteLength
  for (const { type } of blockPresences) {
    if (type === 'HaveBlock') counts.have++
    else counts.dontHave++
  }
  for (const { cancel } of wantlist?.entries ?? []) {
    if (cancel === true) counts.cancels++
    else counts.wants++
  }
}
