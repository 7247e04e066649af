/** The list of chunks that libp2p's streams take and return. It is their dependency, not ours. */
export { Uint8ArrayList } from '../../../../node_modules/uint8arraylist/dist/src/index.js'

/** A number as Protocol Buffers encode it: seven bits in each byte, lowest first. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80)
  return Uint8Array.of(...bytes, value)
}

/** A message with its length prefix. */
export function framed(payload: Uint8Array): Buffer {
  return Buffer.concat([varint(payload.byteLength), payload])
}
