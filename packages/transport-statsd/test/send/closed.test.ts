/** A sender that was closed opens nothing more until it is opened, whoever still asks it to send. */
import { DgramSocket } from 'node-unix-socket'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { HostResolver } from '../../src/send/resolve-host.js'
import type { Sender } from '../../src/send/sender.js'
import { TcpSender } from '../../src/send/tcp.js'
import { UdpSender } from '../../src/send/udp.js'
import { UnixSender } from '../../src/send/unix.js'
import { withinTime } from '../../src/send/within-time.js'
import { openTcpReceiver } from '../support/tcp-receiver.js'
import { openReceiver } from '../support/udp-receiver.js'

interface Case {
  readonly sender: Sender
  /** What has come so far. */
  received(): Promise<string>
}

const where = (port: number) => ({ host: '127.0.0.1', port, maxBytes: 1_432 })
const resolver = () => new HostResolver('127.0.0.1', 0)

const cases: Record<string, () => Promise<Case>> = {
  async udp() {
    const receiver = await openReceiver()
    let text = ''
    const received = async () => (text += (await receiver.take()).join(''))
    return { sender: new UdpSender(resolver(), where(receiver.port)), received }
  },
  async tcp() {
    const { port, connections } = await openTcpReceiver()
    return {
      sender: new TcpSender(resolver(), where(port)),
      received: async () => connections.join(''),
    }
  },
  async unix() {
    const folder = mkdtempSync(join(tmpdir(), 'tidegauge-statsd-'))
    const path = join(folder, 'a.sock')
    const socket = new DgramSocket()
    let text = ''
    socket.on('data', (bytes: Buffer) => void (text += bytes.toString()))
    socket.bind(path)
    onTestFinished(() => (socket.close(), rmSync(folder, { recursive: true })))
    return { sender: new UnixSender({ path, maxBytes: 1_432 }), received: async () => text }
  },
}

it.each(['udp', 'tcp', 'unix'])('over %s', async (protocol) => {
  const { sender, received } = await cases[protocol]()
  onTestFinished(() => sender.close())
  const send = async (text: string) => (await sender.send(Buffer.from(text))).outcome
  expect(await send('a')).toBe('sent')
  sender.rest?.()
  sender.close()
  expect(await send('b')).toBe('failed')
  sender.open!()
  expect(await send('c')).toBe('sent')
  await expect.poll(received).toBe('ac')
})

it('waits for nothing in a way that keeps the process alive', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const late = withinTime(20, new Promise(() => {}), () => new Error('late'))
  expect(timers()).toBe(before)
  await expect(late).rejects.toThrow('late')
})
