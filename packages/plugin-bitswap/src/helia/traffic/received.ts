import type { TrafficCounts } from '../../traffic/counts.js'
import type { MessageLike } from '../shapes.js'

/** Counts one message that was received. Returns the path of what in it is not known, and therefore not counted. */
export function countReceived(
  { blocks, blockPresences, wantlist }: MessageLike,
  counts: TrafficCounts,
): string | undefined {
  let unknown: string | undefined
  counts.messages++
  counts.blocks += blocks.length
  for (const { data } of blocks) {
    const bytes = data?.byteLength
    if (typeof bytes === 'number') counts.bytes += bytes
    else unknown = 'blocks.data.byteLength'
  }
  // upstream's decoder refuses a message of a peer that has another type
  for (const { type } of blockPresences) {
    if (type === 'HaveBlock') counts.have++
    else if (type === 'DoNotHaveBlock') counts.dontHave++
    else unknown = 'blockPresences.type'
  }
  for (const { cancel } of wantlist?.entries ?? []) {
    if (cancel === true) counts.cancels++
    else counts.wants++
  }
  return unknown
}
