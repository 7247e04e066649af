import { OptionsError, type Clock } from '@tidegauge/core'
import { createManualClock, flushPromises } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { MAX_WAITING } from '../../src/auto-provider/auto-provider.js'
import { createAutoProvider, createBitswapRecorder, type AutoProviderOptions } from '../../src/index.js'
import { totalsOf } from '../support/watch.js'

const nothing = { dht: [0, 0], delegated: [0, 0], skipped: 0 }

type Options = Partial<AutoProviderOptions<string>>

/** An auto-provider over a DHT that accepts everything, on a manual clock. */
function start(options: Options = {}) {
  const clock = createManualClock()
  const { advertisements } = createBitswapRecorder({ clock })
  const published: string[] = []
  const dht = async (cid: string) => void published.push(cid)
  const provider = createAutoProvider({ advertisements, dht, clock, ...options })
  return { clock, advertisements, published, provider, totals: () => totalsOf(advertisements) }
}

/** Publishes when the test says so. */
function gated() {
  const open: PromiseWithResolvers<void>[] = []
  const signals: AbortSignal[] = []
  const publish = (_: string, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
    signals.push(signal)
    open.push(Promise.withResolvers<void>())
    return open.at(-1)!.promise
  }
  return { open, signals, publish }
}

describe('the minimum interval', () => {
  it('leaves requests for the same block out until it has passed, and counts them as skipped (issue 10)', async () => {
    const { clock, provider, published, totals } = start({ minIntervalMs: 1_000 })
    expect(await provider.provide('a')).toBe('success')
    expect(await provider.provide('a')).toBe('skipped')
    expect(await provider.provide('b')).toBe('success')
    await clock.advance(999)
    expect(await provider.provide('a')).toBe('skipped')
    await clock.advance(1)
    expect(await provider.provide('a')).toBe('success')
    expect(published).toEqual(['a', 'b', 'a'])
    expect(totals()).toEqual({ ...nothing, dht: [3, 0], skipped: 2 })
  })

  it('is five minutes by default, and 0 for none', async () => {
    const { clock, provider, totals } = start()
    await provider.provide('a')
    await clock.advance(299_999)
    expect(await provider.provide('a')).toBe('skipped')
    await clock.advance(1)
    expect(await provider.provide('a')).toBe('success')
    expect(totals()).toEqual({ ...nothing, dht: [2, 0], skipped: 1 })
    const none = start({ minIntervalMs: 0 })
    for (let i = 0; i < 3; i++) await none.provider.provide('a')
    expect(none.totals()).toEqual({ ...nothing, dht: [3, 0] })
  })

  it('starts with an attempt, however that ends, and applies while one is open', async () => {
    const { open, publish } = gated()
    const { provider, totals } = start({ dht: publish })
    const first = provider.provide('a')
    expect(await provider.provide('a')).toBe('skipped')
    await expect.poll(() => open.length).toBe(1)
    open[0].reject(new Error('nobody is there'))
    expect(await first).toBe('failure')
    expect(await provider.provide('a')).toBe('skipped')
    expect(totals()).toEqual({ ...nothing, dht: [0, 1], skipped: 2 })
  })
})

describe('what is advertised', () => {
  it('is counted by target, with the times of the last attempt and success', async () => {
    let isRefused = false
    const delegated = (): void => {
      if (isRefused) throw new Error('503')
    }
    const { clock, provider, advertisements, totals } = start({ delegated })
    await clock.advance(5_000)
    expect(await provider.provide('a')).toBe('success')
    const tookAt = clock.now()
    await clock.advance(5_000)
    isRefused = true
    // the DHT accepted it
    expect(await provider.provide('b')).toBe('success')
    expect(totals()).toEqual({ dht: [2, 0], delegated: [1, 1], skipped: 0 })
    expect(advertisements.lastAttemptMs).toBe(clock.now())
    expect(advertisements.dht.lastSuccessMs).toBe(clock.now())
    expect(advertisements.delegated.lastSuccessMs).toBe(tookAt)
  })

  it('through a routing that the plugin measures is not counted here (issue 10)', async () => {
    const given: unknown[] = []
    const routing = {
      async provide(this: unknown, cid: string, { signal }: { readonly signal: AbortSignal }) {
        given.push(this, cid, signal.aborted)
        if (cid === 'bad') throw new Error('no')
      },
    }
    const { provider, totals, advertisements } = start({ routing, dht: undefined as never })
    expect(await provider.provide('a')).toBe('success')
    expect(await provider.provide('bad')).toBe('failure')
    expect(await provider.provide('a')).toBe('skipped')
    expect(given).toEqual([routing, 'a', false, routing, 'bad', false])
    expect(totals()).toEqual({ ...nothing, skipped: 1 })
    expect(advertisements.lastAttemptMs).toBeUndefined()
  })

  it('is aborted after a time, and is a failure also when the router does not stop', async () => {
    const { signals, open, publish } = gated()
    const { clock, provider, totals } = start({ dht: publish, timeoutMs: 2_000 })
    const providing = provider.provide('a')
    await clock.advance(1_999)
    expect(signals[0].aborted).toBe(false)
    await clock.advance(1)
    expect(await providing).toBe('failure')
    expect(signals[0].reason).toMatchObject({ message: 'no answer within 2000 ms' })
    open[0].resolve()
    await flushPromises()
    expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
    expect(clock.pending).toBe(0)
  })

  it('waits while too many are open', async () => {
    const { open, publish } = gated()
    const { provider, totals } = start({ dht: publish, maxOpen: 2 })
    const outcomes = Promise.all(['a', 'b', 'c', 'd', 'e'].map((cid) => provider.provide(cid)))
    for (let done = 0; done < 5; done++) {
      await flushPromises()
      expect(open).toHaveLength(Math.min(done + 2, 5))
      // one that comes while a place is given away takes no second one
      open[done].resolve()
    }
    expect(await outcomes).toEqual(Array(5).fill('success'))
    expect(totals()).toEqual({ ...nothing, dht: [5, 0] })
  })

  it('is refused as a failure of its targets when too much waits, and may be requested again', async () => {
    const { open, publish } = gated()
    const { provider, totals } = start({ dht: publish, maxOpen: 1, maxBlocks: 2 * MAX_WAITING })
    const waiting = Array.from({ length: MAX_WAITING + 1 }, (_, i) => provider.provide(`block ${i}`))
    expect(await provider.provide('late')).toBe('failure')
    expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
    open[0].resolve()
    await waiting[0]
    await flushPromises()
    const again = provider.provide('late')
    provider.stop()
    expect(await again).toBe('stopped')
    expect(totals()).toEqual({ ...nothing, dht: [1, 2] })
  })

  it('may have a CID of any kind', async () => {
    const { published, provider } = start()
    await provider.provide({ toString: () => 'bafy' } as never)
    expect(await provider.provide('bafy')).toBe('skipped')
    expect(published).toHaveLength(1)
  })
})

describe('a stop', () => {
  it('aborts what is open, drops what waits, and ends the watching', async () => {
    const { open, signals, publish } = gated()
    const { clock, provider, totals } = start({ dht: publish, maxOpen: 1 })
    const blockstore = { put: async (cid: string) => cid }
    provider.watch(blockstore)
    const { put } = blockstore
    const outcomes = [provider.provide('a'), provider.provide('b'), provider.provide('c')]
    await flushPromises()
    provider.stop()
    expect(await Promise.all(outcomes)).toEqual(['failure', 'stopped', 'stopped'])
    expect(signals[0].reason).toMatchObject({ message: 'the auto-provider has stopped' })
    expect(await provider.provide('d')).toBe('stopped')
    expect(blockstore.put).not.toBe(put)
    expect(open).toHaveLength(1)
    expect(totals()).toEqual({ ...nothing, dht: [0, 1] })
    expect(clock.pending).toBe(0)
    provider.stop()
  })
})

describe('options', () => {
  const issuesOf = (options: unknown): string[] => {
    try {
      createAutoProvider(options as AutoProviderOptions<string>)
    } catch (thrown) {
      if (thrown instanceof OptionsError) return thrown.issues.map(({ path }) => path)
      throw thrown
    }
    return []
  }
  const { advertisements } = createBitswapRecorder()

  it('need the counts and at least one router', () => {
    expect(issuesOf({ advertisements, dht() {} })).toEqual([])
    expect(issuesOf({ advertisements, routing: { provide() {} }, delegated() {} })).toEqual([])
    expect(issuesOf({ advertisements })).toEqual(['routing'])
    expect(issuesOf({})).toEqual(['advertisements', 'routing'])
    expect(() => createAutoProvider({} as never)).toThrow(
      'auto-provider: option advertisements was undefined, expected the advertisements of createBitswapRecorder()',
    )
  })

  it('that are wrong are all named at once', () => {
    const wrong = { advertisements: {}, routing: {}, dht: 1, minIntervalMs: -1, maxOpen: 0, timeoutMs: 0.5 }
    expect(issuesOf({ ...wrong, maxBlocks: '1', clock: {} satisfies Partial<Clock>, interval: 3 })).toEqual([
      'interval',
      'advertisements',
      'routing',
      'dht',
      'clock',
      'minIntervalMs',
      'maxBlocks',
      'maxOpen',
      'timeoutMs',
    ])
  })
})
