/** `deliver` over a simulated network, on which the order of packets in both directions is exact. */
import { runs } from '@tidegauge/testkit'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import fc from 'fast-check'
import { createWatchTimes, deliver, waitWhileOpen, type Wait } from '../../src/send/delivery.js'

const flushLoop = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

/** Time that the test advances. */
class ManualTime {
  ms = 0
  #timers: { at: number; callback: () => void }[] = []

  readonly wait: Wait = (ms, callback) => {
    const timer = { at: this.ms + ms, callback }
    this.#timers.push(timer)
    return () => void (this.#timers = this.#timers.filter((one) => one !== timer))
  }

  get pending() {
    return this.#timers.length
  }

  async advance(ms: number) {
    const untilMs = this.ms + ms
    for (;;) {
      await flushLoop()
      const [next] = this.#timers.filter(({ at }) => at <= untilMs).toSorted((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers = this.#timers.filter((one) => one !== next)
      this.ms = next.at
      next.callback()
    }
    this.ms = untilMs
  }
}

/** When the receiver closes its connection after it accepted it, and whether it reads what arrives until then. */
interface Receiver {
  readonly closesAtMs: number
  readonly reads: boolean
  /** How much later the bytes arrive, as when they are lost and sent again. */
  readonly lateMs?: number
}

/** Our end of a connection to such a receiver, `oneWayMs` away; the systems behave as in RFC 9293. */
class FakeSocket extends EventEmitter {
  destroyed = false
  readonly #time: ManualTime
  readonly #oneWayMs: number
  readonly #reads: boolean
  readonly #lateMs: number
  #isReset = false
  #isPeerClosed = false
  #arrivedBytes = 0

  constructor(time: ManualTime, oneWayMs: number, { closesAtMs, reads, lateMs = 0 }: Receiver) {
    super()
    this.#time = time
    this.#oneWayMs = oneWayMs
    this.#reads = reads
    this.#lateMs = lateMs
    // the receiver has the connection when our acknowledgement arrives
    time.wait(oneWayMs + closesAtMs, () => this.#closePeer())
  }

  /** Whether the receiver read everything that was written. */
  wasRead = false

  resume() {
    return this
  }

  write(bytes: Uint8Array, done: (error?: Error) => void) {
    queueMicrotask(() => done(this.#isReset ? new Error('write EPIPE') : undefined))
    if (bytes.length === 0 || this.#isReset) return
    this.#time.wait(this.#oneWayMs + this.#lateMs, () => {
      if (this.#isPeerClosed) this.#sendBack('reset')
      else {
        this.#arrivedBytes += bytes.length
        this.wasRead = this.#reads
      }
    })
  }

  end() {
    this.#time.wait(this.#oneWayMs, () => {
      if (this.#isPeerClosed) return
      // it ends when it has read our end
      if (this.#reads) this.#closePeer()
    })
  }

  destroy() {
    if (this.destroyed) return
    this.destroyed = true
    queueMicrotask(() => this.emit('close'))
  }

  #closePeer() {
    if (this.#isPeerClosed) return
    this.#isPeerClosed = true
    this.#sendBack(this.#arrivedBytes > 0 && !this.wasRead ? 'reset' : 'end')
  }

  #sendBack(what: 'end' | 'reset') {
    this.#time.wait(this.#oneWayMs, () => {
      if (this.destroyed) return
      if (what === 'end') this.emit('end')
      // Node.js does not read after an end, and notices a reset only when it writes
      else this.#isReset = true
      if (what === 'reset' && this.listenerCount('error') > 0 && !this.#hasEnded)
        this.emit('error', new Error('ECONNRESET'))
      if (what === 'end') this.#hasEnded = true
    })
  }

  #hasEnded = false
}

async function sendOver(oneWayMs: number, receiver: Receiver, bytes = new Uint8Array(100)) {
  const time = new ManualTime()
  const socket = new FakeSocket(time, oneWayMs, receiver)
  onTestFinished(() => socket.destroy())
  const like = socket as unknown as Socket
  const times = createWatchTimes(2 * oneWayMs, bytes.length)
  const run = async () => {
    try {
      await waitWhileOpen(like, times.beforeMs, time.wait)
    } catch {
      return 'failed'
    }
    const result = await deliver(like, bytes, { watchMs: times.afterMs, timeoutMs: 60_000 }, time.wait)
    return result.outcome
  }
  const outcome = run()
  await time.advance(10_000)
  socket.destroy()
  return { outcome: await outcome, wasRead: socket.wasRead, time }
}

describe('a chunk that is sent over a network with a delay', () => {
  it.each([0, 1, 5, 20, 100])(
    'is failed when the receiver drops its connection at once: %i ms one way',
    async (oneWayMs) => {
      expect(await sendOver(oneWayMs, { closesAtMs: 0, reads: false })).toMatchObject({ outcome: 'failed' })
    },
  )

  it.each([1, 5, 20, 100])(
    'is in doubt when the receiver ended before the bytes arrived: %i ms one way',
    async (oneWayMs) => {
      // written after one round trip and 1 ms, received half a round trip later
      for (const beforeMs of [0.5, oneWayMs, 1.5 * oneWayMs]) {
        const closesAtMs = Math.max(1.5, 2 * oneWayMs + 1 - beforeMs)
        const { outcome, wasRead } = await sendOver(oneWayMs, { closesAtMs, reads: true })
        expect([closesAtMs, outcome, wasRead]).toEqual([closesAtMs, 'doubtful', false])
      }
    },
  )

  it.each([0, 1, 5, 20, 100])('is sent when it was read: %i ms one way', async (oneWayMs) => {
    expect(await sendOver(oneWayMs, { closesAtMs: Infinity, reads: true })).toMatchObject({ outcome: 'sent' })
    // before our end, as a server does that is being stopped
    const closesAtMs = 2 * oneWayMs + 3
    expect(await sendOver(oneWayMs, { closesAtMs, reads: true })).toMatchObject({
      outcome: 'sent',
      wasRead: true,
    })
  })

  it('is in doubt after an end when the bytes are late and the reset arrives within one more watch', async () => {
    // written at 41 ms; the end arrives at 80 ms and the reset at 171 ms; a watch takes 85 ms
    const late = { closesAtMs: 40, reads: true, lateMs: 90 }
    expect(await sendOver(20, late)).toMatchObject({ outcome: 'doubtful', wasRead: false })
  })

  it('is never sent unless it was read, and never failed when it was', async () => {
    const network = fc.record({
      oneWayMs: fc.double({ min: 0, max: 120, noNaN: true }),
      closesAtMs: fc.double({ min: 0, max: 900, noNaN: true }),
      reads: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(network, async ({ oneWayMs, ...receiver }) => {
        const { outcome, wasRead, time } = await sendOver(oneWayMs, receiver)
        if (outcome === 'sent') expect(wasRead).toBe(true)
        if (outcome === 'failed') expect(wasRead).toBe(false)
        expect(time.pending).toBe(0)
      }),
      { numRuns: runs(200) },
    )
  })
})

describe('the watch times', () => {
  it('follow from the round trip, are longer for several flights of packets, and at most a second', () => {
    expect(createWatchTimes(0, 8_192)).toEqual({ beforeMs: 1, afterMs: 5 })
    expect(createWatchTimes(40, 8_192)).toEqual({ beforeMs: 41, afterMs: 85 })
    expect(createWatchTimes(40, 14_601)).toEqual({ beforeMs: 41, afterMs: 125 })
    expect(createWatchTimes(3_000, 8_192)).toEqual({ beforeMs: 1_000, afterMs: 1_000 })
  })

  it('end with a closed connection when it was reset and its event has not come yet', async () => {
    const time = new ManualTime()
    const socket = new FakeSocket(time, 0, { closesAtMs: Infinity, reads: false })
    const open = waitWhileOpen(socket as unknown as Socket, 1, time.wait)
    socket.destroyed = true
    await Promise.all([expect(open).rejects.toThrow('before anything was sent'), time.advance(1)])
  })
})
