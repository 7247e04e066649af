/** What libp2p's streams are given, and give: a list of chunks. A dependency of theirs, not of ours. */
export { Uint8ArrayList } from '../../../../node_modules/uint8arraylist/dist/src/index.js'

/** A number as Protocol Buffers write it: seven bits to a byte, lowest first. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80)
  return Uint8Array.of(...bytes, value)
}

/** A message with its length before it. */
export function framed(payload: Uint8Array): Buffer {
  return Buffer.concat([varint(payload.byteLength), payload])
}
