import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { flushPromises } from '@tidegauge/testkit'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { HostResolver, type Lookup } from '../../src/send/host-resolver.js'
import { TcpSender } from '../../src/send/tcp.js'
import { UdpSender } from '../../src/send/udp.js'
import { openTcpReceiver } from '../support/tcp-receiver.js'
import { openReceiver } from '../support/udp-receiver.js'

/** A resolver with the answers that the test chooses. */
const lookupOf = (answer: (done: Parameters<Lookup>[2]) => void) =>
  vi.fn<Lookup>((_host, _options, done) => answer(done))

afterEach(() => void vi.useRealTimers())

const one = [{ address: '127.0.0.9', family: 4 }]

describe('a host', () => {
  it('is looked up once, and again when its address has failed', async () => {
    const lookup = lookupOf((done) => done(null, one))
    const resolver = new HostResolver('statsd.example', 0, lookup)
    for (let i = 0; i < 3; i++) expect(await resolver.resolve()).toEqual(one[0])
    expect(lookup).toHaveBeenCalledTimes(1)
    expect(lookup.mock.calls[0].slice(0, 2)).toEqual(['statsd.example', { family: 0, all: true }])
    expect(resolver.failed()).toBe(false)
    await resolver.resolve()
    expect(lookup).toHaveBeenCalledTimes(2)
  })

  it('with several addresses is tried at each before it is looked up again', async () => {
    const lookup = lookupOf((done) => done(null, [{ address: '::1', family: 6 }, ...one]))
    const resolver = new HostResolver('localhost', 0, lookup)
    expect(await resolver.resolve()).toEqual({ address: '::1', family: 6 })
    expect(resolver.failed()).toBe(true)
    expect(await resolver.resolve()).toEqual(one[0])
    expect(await resolver.resolve()).toEqual(one[0])
    expect(resolver.failed()).toBe(false)
    expect(await resolver.resolve()).toEqual({ address: '::1', family: 6 })
    expect(lookup).toHaveBeenCalledTimes(2)
  })

  it('that cannot be found, or has no address, is looked up again the next time', async () => {
    const answers: Parameters<Parameters<Lookup>[2]>[] = [
      [new Error('ENOTFOUND'), []],
      [null, []],
      [null, one],
    ]
    const lookup = lookupOf((done) => done(...answers.shift()!))
    const resolver = new HostResolver('statsd.example', 6, lookup)
    await expect(resolver.resolve()).rejects.toThrow('ENOTFOUND')
    await expect(resolver.resolve()).rejects.toThrow('"statsd.example" has no address')
    expect(await resolver.resolve()).toEqual(one[0])
  })

  it('is not looked up when it is an address', async () => {
    const lookup = lookupOf((done) => done(new Error('never'), []))
    expect(await new HostResolver('10.0.0.1', 0, lookup).resolve()).toEqual({
      address: '10.0.0.1',
      family: 4,
    })
    expect(await new HostResolver('fe80::1', 4, lookup).resolve()).toEqual({ address: 'fe80::1', family: 6 })
    expect(lookup).not.toHaveBeenCalled()
  })

  it('whose lookup hangs fails in time, and is not looked up twice at once', async () => {
    vi.useFakeTimers()
    const lookup = lookupOf(() => {})
    const resolver = new HostResolver('statsd.example', 0, lookup)
    const first = expect(resolver.resolve()).rejects.toThrow('took longer than 3000 ms')
    const second = expect(resolver.resolve()).rejects.toThrow('took longer than 3000 ms')
    await vi.advanceTimersByTimeAsync(3_000)
    await Promise.all([first, second])
    expect(lookup).toHaveBeenCalledTimes(1)
  })
})

describe('#10/40: a lookup of a host that is in use', () => {
  const start = async (...answers: Parameters<Parameters<Lookup>[2]>[]) => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const lookup = lookupOf((done) => {
      const answer = answers.shift()
      if (answer !== undefined) done(...answer)
    })
    const resolver = new HostResolver('statsd.example', 0, lookup)
    return {
      lookup,
      resolver,
      /** The address in use, after a lookup that is due. */
      async addressAfter(ms: number) {
        vi.advanceTimersByTime(ms)
        await resolver.resolve()
        await flushPromises()
        return (await resolver.resolve()).address
      },
    }
  }
  const other = [{ address: '127.0.0.8', family: 4 }]

  it('that fails, or finds no address, changes nothing', async () => {
    const { addressAfter, lookup } = await start([null, one], [new Error('SERVFAIL'), []], [null, []])
    expect(await addressAfter(0)).toBe('127.0.0.9')
    expect(await addressAfter(30_000)).toBe('127.0.0.9')
    expect(await addressAfter(30_000)).toBe('127.0.0.9')
    expect(lookup).toHaveBeenCalledTimes(3)
  })

  it('that hangs holds nothing up, and no other one is started', async () => {
    const { addressAfter, lookup } = await start([null, one])
    expect(await addressAfter(0)).toBe('127.0.0.9')
    for (let i = 0; i < 5; i++) expect(await addressAfter(30_000)).toBe('127.0.0.9')
    expect(lookup).toHaveBeenCalledTimes(2)
  })

  it('keeps the address in use while the host still has it, in any order', async () => {
    const { addressAfter } = await start([null, one], [null, [...other, ...one]], [null, other])
    expect(await addressAfter(0)).toBe('127.0.0.9')
    expect(await addressAfter(30_000)).toBe('127.0.0.9')
    expect(await addressAfter(30_000)).toBe('127.0.0.8')
  })
})

/** A receiver at another address of this machine. */
async function listenOn(
  protocol: 'udp' | 'tcp',
  { port, address }: { readonly port: number; readonly address: string },
  received: (text: string) => void,
): Promise<void> {
  if (protocol === 'udp') {
    const socket = createSocket('udp4').on('message', (bytes) => received(bytes.toString()))
    onTestFinished(() => void socket.close())
    await new Promise<void>((resolve) => socket.bind(port, address, resolve))
    return
  }
  const server = createServer((socket) => void socket.on('data', (bytes) => received(bytes.toString())))
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(port, address, resolve))
}

describe('a sender', () => {
  const lines = Buffer.from('a:1|c\n')

  /** Answers with these lists of addresses in turn. */
  function resolverOf(...answers: string[][]) {
    const lookup = lookupOf((done) =>
      done(
        null,
        answers.shift()!.map((address) => ({ address, family: 4 })),
      ),
    )
    return { lookup, resolver: new HostResolver('statsd.example', 0, lookup) }
  }

  for (const protocol of ['udp', 'tcp'] as const) {
    const open = async (resolver: HostResolver) => {
      const receiver = protocol === 'udp' ? await openReceiver() : await openTcpReceiver()
      const settings = { host: 'statsd.example', port: receiver.port, maxBytes: 1_432, maxBytesPerMs: 1_024 }
      const sender =
        protocol === 'udp' ? new UdpSender(resolver, settings) : new TcpSender(resolver, settings)
      onTestFinished(() => sender.close())
      return sender
    }

    it(`sends to the new address of a host that moved, over ${protocol}`, async () => {
      const { lookup, resolver } = resolverOf(['127.0.0.2'], ['127.0.0.1'])
      const sender = await open(resolver)
      expect(await sender.send(lines)).toMatchObject({
        outcome: 'failed',
        error: expect.objectContaining({ code: 'ECONNREFUSED' }),
      })
      expect(await sender.send(lines)).toEqual({ outcome: 'sent' })
      expect(await sender.send(lines)).toEqual({ outcome: 'sent' })
      expect(lookup).toHaveBeenCalledTimes(2)
    })

    it(`finds the address with a listener, over ${protocol}`, async () => {
      const { lookup, resolver } = resolverOf(['127.0.0.2', '127.0.0.3', '127.0.0.1'])
      const sender = await open(resolver)
      for (let i = 0; i < 3; i++) expect(await sender.send(lines)).toEqual({ outcome: 'sent' })
      expect(lookup).toHaveBeenCalledTimes(1)
    })
  }

  it.each(['udp', 'tcp'] as const)(
    '#10/40: finds a host over %s that moved while its old address still accepts everything',
    async (protocol) => {
      vi.useFakeTimers({ toFake: ['performance'] })
      const { lookup, resolver } = resolverOf(['127.0.0.1'], ['127.0.0.1'], ['127.0.0.2'])
      const old = await openReceiver()
      const tcpOld = await openTcpReceiver()
      const port = protocol === 'udp' ? old.port : tcpOld.port
      const moved: string[] = []
      await listenOn(protocol, { port, address: '127.0.0.2' }, (text) => moved.push(text))
      const settings = { host: 'statsd.example', port, maxBytes: 1_432, maxBytesPerMs: 1_024 }
      const sender =
        protocol === 'udp' ? new UdpSender(resolver, settings) : new TcpSender(resolver, settings)
      onTestFinished(() => sender.close())
      const sendAfter = async (ms: number) => {
        vi.advanceTimersByTime(ms)
        expect(await sender.send(lines)).toEqual({ outcome: 'sent' })
      }
      await sendAfter(0)
      await sendAfter(29_000)
      expect(lookup).toHaveBeenCalledTimes(1)
      // the answer is used from the next chunk on
      await sendAfter(1_000)
      await sendAfter(0)
      expect([lookup.mock.calls.length, moved]).toEqual([2, []])
      await sendAfter(30_000)
      await sendAfter(0)
      await sendAfter(0)
      await expect.poll(() => moved.length).toBe(2)
      expect(lookup).toHaveBeenCalledTimes(3)
    },
  )

  it('looks its host up again after a broken connection', async () => {
    const { lookup, resolver } = resolverOf(['127.0.0.1'], ['127.0.0.1'])
    const receiver = await openTcpReceiver((socket, index) => {
      if (index > 0) return 'read'
      socket.once('data', () => socket.resetAndDestroy())
      return undefined
    })
    const sender = new TcpSender(resolver, { host: 'a', port: receiver.port, maxBytes: 1_432 })
    expect(await sender.send(lines)).toMatchObject({ outcome: 'doubtful' })
    expect(await sender.send(lines)).toEqual({ outcome: 'sent' })
    expect(lookup).toHaveBeenCalledTimes(2)
  })
})
