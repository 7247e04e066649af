/** A sender that was closed opens nothing until `open` is called. */
import { DgramSocket } from 'node-unix-socket'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { HostResolver } from '../../src/send/host-resolver.js'
import type { Sender } from '../../src/send/sender.js'
import { TcpSender } from '../../src/send/tcp.js'
import { UdpSender } from '../../src/send/udp.js'
import { UnixSender } from '../../src/send/unix.js'
import { withTimeout } from '../../src/send/with-timeout.js'
import { openTcpReceiver } from '../support/tcp-receiver.js'
import { openReceiver } from '../support/udp-receiver.js'

interface Case {
  readonly sender: Sender
  /** What arrived so far. */
  received(): Promise<string>
}

const settingsFor = (port: number) => ({ host: '127.0.0.1', port, maxBytes: 1_432, maxBytesPerMs: 1_024 })
const resolver = () => new HostResolver('127.0.0.1', 0)

const cases: Record<string, () => Promise<Case>> = {
  async udp() {
    const receiver = await openReceiver()
    let text = ''
    const received = async () => (text += (await receiver.take()).join(''))
    return { sender: new UdpSender(resolver(), settingsFor(receiver.port)), received }
  },
  async tcp() {
    const { port, connections } = await openTcpReceiver()
    return {
      sender: new TcpSender(resolver(), settingsFor(port)),
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

it.each(['udp', 'tcp', 'unix'])(
  'sends nothing after a close, and sends again after an open, over %s',
  async (protocol) => {
    const { sender, received } = await cases[protocol]()
    onTestFinished(() => sender.close())
    const send = async (text: string) => (await sender.send(Buffer.from(text))).outcome
    expect(await send('a')).toBe('sent')
    sender.endRun?.()
    sender.close()
    expect(await send('b')).toBe('failed')
    sender.open!()
    expect(await send('c')).toBe('sent')
    await expect.poll(received).toBe('ac')
  },
)

it('waits without keeping the process alive', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const result = withTimeout(20, new Promise(() => {}), () => new Error('timed out'))
  expect(timers()).toBe(before)
  await expect(result).rejects.toThrow('timed out')
})
