import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { MAX_BURST_BYTES, Pacer } from '../../src/send/pacer.js'

function start(bytesPerMs: number) {
  const clock = createManualClock()
  const time = { now: () => clock.monotonic(), after: clock.after.bind(clock) }
  const pacer = new Pacer(bytesPerMs, time)
  const sentAtMs: number[] = []
  const send = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await pacer.wait(1_000)
      sentAtMs.push(clock.monotonic())
    }
  }
  return { clock, pacer, sentAtMs, send }
}

describe('#10/39: a pace', () => {
  it('never has more in flight than one burst and the bytes of the time that has passed', async () => {
    const { clock, sentAtMs, send } = start(500)
    void send(200)
    await clock.advance(1_000)
    expect(sentAtMs).toHaveLength(200)
    for (const [i, atMs] of sentAtMs.entries())
      expect((i + 1) * 1_000).toBeLessThanOrEqual(MAX_BURST_BYTES + 1_000 + atMs * 500)
    expect(sentAtMs.at(-1)).toBeLessThanOrEqual(400)
  })

  it('allows no larger burst after a long pause', async () => {
    const { clock, sentAtMs, send } = start(500)
    void send(1)
    await clock.advance(60_000)
    void send(100)
    await clock.advance(0)
    expect(sentAtMs.length * 1_000).toBeLessThanOrEqual(MAX_BURST_BYTES + 2_000)
    await clock.advance(1_000)
    expect(sentAtMs).toHaveLength(101)
  })

  it('that is switched off ends the wait and waits no more, until it is switched on', async () => {
    const { clock, pacer, sentAtMs, send } = start(1)
    void send(100)
    await clock.advance(0)
    expect(sentAtMs.length).toBeLessThan(20)
    pacer.switchOff()
    await clock.advance(0)
    expect([sentAtMs.length, clock.pending]).toEqual([100, 0])
    pacer.switchOn()
    void send(1)
    await clock.advance(0)
    expect(sentAtMs).toHaveLength(100)
  })
})
