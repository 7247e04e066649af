import type { TrafficTally } from './totals.js'

/** A message as @helia/bitswap decodes it, as far as it is counted. */
export interface DecodedMessage {
  readonly blocks: readonly { readonly data: { readonly byteLength: number } }[]
  readonly blockPresences: readonly { readonly type: string }[]
  readonly wantlist?: { readonly entries: readonly { readonly cancel?: boolean }[] } | undefined
}

/** Counts one message that came in. */
export function countReceived(message: DecodedMessage, into: TrafficTally): void {
  const { blocks, blockPresences, wantlist } = message
  into.messages++
  into.blocks += blocks.length
  for (const { data } of blocks) into.bytes += data.byteLength
  for (const { type } of blockPresences) {
    if (type === 'HaveBlock') into.have++
    else into.dontHave++
  }
  for (const { cancel } of wantlist?.entries ?? []) {
    if (cancel === true) into.cancels++
    else into.wants++
  }
}
