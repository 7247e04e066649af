import { createHmac, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { onTestFinished } from 'vitest'

/**
 * Starts a WebRTC-direct handshake with a listener and never continues it: sends one STUN binding request (RFC 8489,
 * section 5) with the user name and password that libp2p's WebRTC-direct expects.
 */
export function startHandshake(address: string): void {
  const socket = createSocket('udp4')
  onTestFinished(() => void socket.close())
  const user = `libp2p+webrtc+v1/${randomBytes(16).toString('hex')}`
  socket.send(bindingRequest(user), Number(address.split('/')[4]), '127.0.0.1')
}

function bindingRequest(user: string): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(0x0001, 0)
  header.writeUInt32BE(0x2112a442, 4)
  randomBytes(12).copy(header, 8)
  const body = Buffer.concat([
    attribute(0x0006, Buffer.from(`${user}:${user}`)), // USERNAME
    attribute(0x0024, Buffer.from([0x6e, 0x00, 0x01, 0xff])), // PRIORITY
    attribute(0x802a, randomBytes(8)), // ICE-CONTROLLING
  ])
  header.writeUInt16BE(body.length + 24, 2)
  const integrity = createHmac('sha1', user).update(header).update(body).digest()
  return Buffer.concat([header, body, attribute(0x0008, integrity)])
}

function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4)
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt16BE(value.length, 2)
  value.copy(bytes, 4)
  return bytes
}
