/** `deliver` over a simulated way, on which the order of what is sent and what comes back is exact. */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import fc from 'fast-check'
import { deliver, staysOpen, watchFor, type Wait } from '../../src/send/delivery.js'
import { runs } from '@tidegauge/testkit'

const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

/** Time that stands still until it is told to go on. */
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
      await settle()
      const [next] = this.#timers.filter(({ at }) => at <= untilMs).toSorted((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers = this.#timers.filter((one) => one !== next)
      this.ms = next.at
      next.callback()
    }
    this.ms = untilMs
  }
}

/** When the receiver closes its connection after it was made there, and whether it reads what has come until then. */
interface Receiver {
  readonly closesAtMs: number
  readonly reads: boolean
  /** What the bytes take beside the way, as when they were lost and are sent again. */
  readonly lateMs?: number
}

/** Our end of a connection to such a receiver, `oneWayMs` away; what a system does is as in RFC 9293. */
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
    // it has the connection when our acknowledgement is there
    time.wait(oneWayMs + closesAtMs, () => this.#closePeer())
  }

  /** Whether the receiver has been given all that was written. */
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
      // its end comes when it has read ours
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
      // Node.js doesn't read any more after an end, and hears of a reset only when it writes
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
  const watch = watchFor(2 * oneWayMs, bytes.length)
  const run = async () => {
    try {
      await staysOpen(like, watch.beforeMs, time.wait)
    } catch {
      return 'failed'
    }
    const sending = await deliver(like, bytes, { watchMs: watch.afterMs, timeoutMs: 60_000 }, time.wait)
    return sending.outcome
  }
  const outcome = run()
  await time.advance(10_000)
  socket.destroy()
  return { outcome: await outcome, wasRead: socket.wasRead, time }
}

describe('a chunk that is sent over a way of some length', () => {
  it.each([0, 1, 5, 20, 100])(
    'counts as failed when the receiver drops its connection at once: %i ms one way',
    async (oneWayMs) => {
      expect(await sendOver(oneWayMs, { closesAtMs: 0, reads: false })).toMatchObject({ outcome: 'failed' })
    },
  )

  it.each([1, 5, 20, 100])(
    'is in doubt when an end was under way before the bytes were there: %i ms one way',
    async (oneWayMs) => {
      // written at one round trip and 1 ms, there half a round trip later
      for (const beforeMs of [0.5, oneWayMs, 1.5 * oneWayMs]) {
        const closesAtMs = Math.max(1.5, 2 * oneWayMs + 1 - beforeMs)
        const { outcome, wasRead } = await sendOver(oneWayMs, { closesAtMs, reads: true })
        expect([closesAtMs, outcome, wasRead]).toEqual([closesAtMs, 'doubtful', false])
      }
    },
  )

  it.each([0, 1, 5, 20, 100])('counts as sent when it was read: %i ms one way', async (oneWayMs) => {
    expect(await sendOver(oneWayMs, { closesAtMs: Infinity, reads: true })).toMatchObject({ outcome: 'sent' })
    // before our end, as a server does that is stopped just then
    const closesAtMs = 2 * oneWayMs + 3
    expect(await sendOver(oneWayMs, { closesAtMs, reads: true })).toMatchObject({
      outcome: 'sent',
      wasRead: true,
    })
  })

  it('is in doubt after an end when the bytes are late, as long as the reset comes within one watch more', async () => {
    // written at 41 ms, the end comes at 80 ms and the reset at 171 ms; a watch takes 85 ms
    const late = { closesAtMs: 40, reads: true, lateMs: 90 }
    expect(await sendOver(20, late)).toMatchObject({ outcome: 'doubtful', wasRead: false })
  })

  it('never counts as sent unless it was read, nor as failed when it was', async () => {
    const way = fc.record({
      oneWayMs: fc.double({ min: 0, max: 120, noNaN: true }),
      closesAtMs: fc.double({ min: 0, max: 900, noNaN: true }),
      reads: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(way, async ({ oneWayMs, ...receiver }) => {
        const { outcome, wasRead, time } = await sendOver(oneWayMs, receiver)
        if (outcome === 'sent') expect(wasRead).toBe(true)
        if (outcome === 'failed') expect(wasRead).toBe(false)
        expect(time.pending).toBe(0)
      }),
      { numRuns: runs(200) },
    )
  })
})

describe('the watch', () => {
  it('is as long as the way, longer when the bytes go in several flights, and never more than a second', () => {
    expect(watchFor(0, 8_192)).toEqual({ beforeMs: 1, afterMs: 5 })
    expect(watchFor(40, 8_192)).toEqual({ beforeMs: 41, afterMs: 85 })
    expect(watchFor(40, 14_601)).toEqual({ beforeMs: 41, afterMs: 125 })
    expect(watchFor(3_000, 8_192)).toEqual({ beforeMs: 1_000, afterMs: 1_000 })
  })

  it('finds a connection closed that was reset and has not told so', async () => {
    const time = new ManualTime()
    const socket = new FakeSocket(time, 0, { closesAtMs: Infinity, reads: false })
    const open = staysOpen(socket as unknown as Socket, 1, time.wait)
    socket.destroyed = true
    await Promise.all([expect(open).rejects.toThrow('before anything was sent'), time.advance(1)])
  })
})
