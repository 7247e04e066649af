import { createManualClock, type ManualClock, startTestHost, type TestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap, createBitswapRecorder, type BitswapSnapshot, type BitswapSource } from '../src/index.js'

const SENT = 'libp2p_bitswap_messages_total{direction="sent"}'

const stateOf = (host: TestHost) => host.tidegauge.health().plugins[0]

/** A host with one source, on a manual clock. */
async function startWithSource(source: BitswapSource) {
  const clock = createManualClock()
  const host = await startTestHost(bitswap({ source }), { clock, use: { timeoutMs: 200 } })
  return { host, clock }
}

/** A source that sends one message in each read, and returns what the test decides. */
function startWith(read: (good: BitswapSnapshot) => BitswapSnapshot | Promise<BitswapSnapshot>) {
  const recorder = createBitswapRecorder()
  const source: BitswapSource = {
    read: () => {
      recorder.sent.message()
      return read(recorder.read())
    },
  }
  return startWithSource(source)
}

/** Advances the clock, past a timeout or a back-off, until the plugin has this state. */
async function until({ host, clock }: { host: TestHost; clock: ManualClock }, state: string): Promise<void> {
  for (let turn = 0; turn < 20 && stateOf(host).state !== state; turn++) {
    const reading = host.read()
    await clock.advance(250)
    await reading
  }
  expect(stateOf(host).state).toBe(state)
}

describe('a source', () => {
  it('may return a promise', async () => {
    const { host } = await startWith((good) => Promise.resolve(good))
    expect(await host.value(SENT)).toBe(2)
    expect(stateOf(host).state).toBe('up')
  })

  it.each<[string, (good: BitswapSnapshot) => BitswapSnapshot | Promise<BitswapSnapshot>, RegExp]>([
    [
      'throws',
      () => {
        throw new Error('no answer today')
      },
      /no answer today/,
    ],
    ['rejects', () => Promise.reject(new Error('no answer today')), /no answer today/],
    ['hangs', () => new Promise(() => {}), /did not end within 200 ms/],
    ['returns nothing', () => undefined as never, /read\(\) returned undefined/],
  ])(
    'that %s marks the plugin down with the reason, keeps its values, and recovers',
    async (_, answer, message) => {
      let isBad = false
      const started = await startWith((good) => (isBad ? answer(good) : good))
      const { host } = started
      const before = (await host.value(SENT))!
      isBad = true
      await until(started, 'down')
      expect(stateOf(host).lastError).toMatch(message)
      expect((await host.read()).get(SENT)).toBe(before)
      isBad = false
      await until(started, 'up')
      expect(await host.value(SENT)).toBeGreaterThan(before)
    },
  )

  it('that answers after its timeout changes no value', async () => {
    const waiting: (() => void)[] = []
    let isSlow = false
    const started = await startWith((good) => {
      if (!isSlow) return good
      const old = { ...good, peers: 99 }
      return new Promise((resolve) => waiting.push(() => resolve(old)))
    })
    const { host } = started
    isSlow = true
    await until(started, 'down')
    isSlow = false
    await until(started, 'up')
    for (const answer of waiting) answer()
    await new Promise((resolve) => setImmediate(resolve))
    expect(waiting.length).toBeGreaterThan(0)
    expect(host.current().get('libp2p_bitswap_peers')).toBe(0)
  })

  it('may return a part with problems: the part is exported and the pass fails', async () => {
    let problems: string[] | undefined
    const debts = { maxDebtRatio: 7, topDebtors: [{ peer: 'p', ratio: 7, sentBytes: 7, receivedBytes: 0 }] }
    const started = await startWith(({ sent, received }) => ({
      sent,
      received,
      ...(problems === undefined ? { debts } : { problems }),
    }))
    const { host } = started
    expect(await host.value('libp2p_bitswap_top_debtor_ratio{peer="p",rank="1"}')).toBe(7)
    const before = (await host.value(SENT))!
    problems = ['the ledgers are locked', 'the door is locked']
    await until(started, 'down')
    expect(stateOf(host).lastError).toBe('plugin "bitswap": the ledgers are locked; the door is locked')
    const values = await host.read()
    expect(values.get(SENT)).toBeGreaterThan(before)
    expect([...values.keys()].filter((key) => key.includes('top_debtor'))).toEqual([])
  })

  it('that fails to start is started again', async () => {
    const calls: string[] = []
    const recorder = createBitswapRecorder()
    const source: BitswapSource = {
      start: ({ clock, logger, logOnce }) => {
        expect([typeof clock.now, typeof logger.warn, typeof logOnce.warn]).toEqual(Array(3).fill('function'))
        calls.push('start')
        if (calls.length === 1) throw new Error('not yet')
      },
      read: () => recorder.read(),
      stop: () => void calls.push('stop'),
    }
    const started = await startWithSource(source)
    const { host } = started
    expect(stateOf(host)).toMatchObject({ state: 'down', lastError: expect.stringContaining('not yet') })
    await until(started, 'up')
    await host.tidegauge.stop()
    expect(calls).toEqual(['start', 'start', 'stop'])
  })

  it('that returns more than five debtors, or some without a debt, has five exported', async () => {
    const topDebtors = [9, 8, 7, 0, 6, 5, 4].map((ratio) => ({
      peer: `p${ratio}`,
      ratio,
      sentBytes: ratio,
      receivedBytes: 0,
    }))
    const { host } = await startWith((good) => ({ ...good, debts: { maxDebtRatio: 9, topDebtors } }))
    const values = await host.read()
    const ranked = [...values].filter(([key]) => key.includes('top_debtor_ratio'))
    expect(ranked.map(([key, ratio]) => [/rank="(\d)"/.exec(key)?.[1], ratio])).toEqual([
      ['1', 9],
      ['2', 8],
      ['3', 7],
      ['4', 6],
      ['5', 5],
    ])
  })
})
