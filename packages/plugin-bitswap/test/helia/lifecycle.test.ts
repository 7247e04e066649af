import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { bitswap } from '../../src/index.js'
import { traffic, readWhenQuiet, value } from '../support/values.js'
import { listeners } from '../support/listeners.js'
import {
  bitswapOf,
  connect,
  createNode,
  fetchBlocks,
  putBlocks,
  startNode,
  type TestNode,
} from '../support/nodes.js'

describe('a node that has not started', () => {
  it('is reported as stopped, and measured from its first message when it starts', async () => {
    const [a, b] = [createNode(), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }) })
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'down' }])
    expect(host.log.join()).toContain('the Helia node is stopped; it is measured again when it has started')
    await a.start()
    await connect(a, b)
    await fetchBlocks(a, await putBlocks(b, 5, 100))
    await until(async () => traffic(await host.read(), 'a', 'received').blocks === 5, 'the blocks')
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'up' }])
    expect(traffic(await readWhenQuiet(host), 'a', 'sent')).toMatchObject({ wants: 5 })
  })

  it('gets no router and no broker, before and after its start', async () => {
    const node = createNode()
    const names = (): string[] => {
      const { routing, blockBrokers } = node as any
      return [...routing.routers, ...blockBrokers].map(({ name }) => name)
    }
    await startTestHost({ a: bitswap({ helia: node }) })
    expect(names()).toEqual([])
    await node.start()
    expect(names()).toEqual(['libp2p-router', 'bitswap'])
  })
})

describe('a node that is stopped and started again', () => {
  it('keeps its totals, is reported as stopped in between, and is measured again without a call', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }), b: bitswap({ helia: b }) })
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 10, 1_000))
    const before = await readWhenQuiet(host)
    await a.stop()
    const during = await host.read()
    expect(traffic(during, 'a', 'sent')).toEqual(traffic(before, 'a', 'sent'))
    expect(value(during, 'peers', 'a')).toBe(0)
    expect(value(during, 'max_debt_ratio', 'a')).toBe(0)
    expect([...during.keys()].filter((key) => key.includes('top_debtor'))).toEqual([])
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'down' }, { state: 'up' }])
    await a.start()
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 10, 500))
    const expected = { blocks: 20, bytes: 15_000 }
    await until(async () => traffic(await host.read(), 'a', 'sent').blocks === 20, 'the plugin to recover')
    const after = await readWhenQuiet(host)
    expect(traffic(after, 'a', 'sent')).toMatchObject(expected)
    expect(traffic(after, 'b', 'received')).toMatchObject(expected)
    expect(value(after, 'peers', 'a')).toBe(1)
    expect(value(after, 'exchanges_total', 'a')!).toBeGreaterThan(value(before, 'exchanges_total', 'a')!)
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'up' }, { state: 'up' }])
    expect(host.log.filter((line) => line.startsWith('error'))).toHaveLength(1)
  })

  it.each([
    ['libp2p', 'libp2p of the Helia node is stopped', (node: TestNode) => node.libp2p],
    ['bitswap', 'bitswap of the Helia node is stopped', (node: TestNode) => bitswapOf(node)],
  ])(
    'is down while only its %s is stopped, and up again after that (issue 10)',
    async (_, reason, partOf) => {
      const a = await startNode()
      const host = await startTestHost({ a: bitswap({ helia: a }) })
      const state = async () => {
        await host.read()
        return host.tidegauge.health().plugins[0]
      }
      expect(await state()).toMatchObject({ state: 'up' })
      await partOf(a).stop()
      expect(a.status).toBe('started')
      expect(await state()).toMatchObject({
        state: 'down',
        lastError: `plugin "bitswap": the ${reason}; it is measured again when it has started`,
      })
      await partOf(a).start()
      await expect.poll(state, { timeout: 10_000, interval: 100 }).toMatchObject({ state: 'up' })
    },
  )

  it('exports no debts of peers that did not come back', async () => {
    const [a, b, c] = [await startNode(), await startNode(), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }) })
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 1, 1_000))
    await until(async () => value(await host.read(), 'max_debt_ratio', 'a') === 1_000, 'the debt')
    await a.stop()
    await a.start()
    expect(bitswapOf(a).peerWantLists.ledgerMap.size).toBe(1)
    await connect(c, a)
    await fetchBlocks(c, await putBlocks(a, 1, 10))
    await until(async () => value(await host.read(), 'max_debt_ratio', 'a') === 10, 'the other debt')
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 1, 1))
    await until(async () => value(await host.read(), 'max_debt_ratio', 'a') === 1_001, 'the first one again')
  })

  it('exports no debts of peers that have gone, also when the plugin did not see the stop', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }) })
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 1, 1_000))
    await until(async () => value(await host.read(), 'max_debt_ratio', 'a') === 1_000, 'the debt')
    await host.tidegauge.stop()
    await b.stop()
    await a.stop()
    await a.start()
    await host.tidegauge.start()
    expect(bitswapOf(a).peerWantLists.ledgerMap.size).toBe(1)
    const values = await host.read()
    expect(value(values, 'max_debt_ratio', 'a')).toBe(0)
    expect([...values.keys()].filter((key) => key.includes('top_debtor'))).toEqual([])
  })

  it('may have its bitswap replaced', async () => {
    const [a, b] = [await startNode(), await startNode()]
    const host = await startTestHost({ a: bitswap({ helia: a }) })
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 3, 100))
    const old = bitswapOf(a)
    await readWhenQuiet(host)
    await a.stop()
    const { blockBrokers } = a as any
    blockBrokers.splice(0)
    await a.start()
    expect(bitswapOf(a)).not.toBe(old)
    await connect(b, a)
    await fetchBlocks(b, await putBlocks(a, 3, 100))
    await until(async () => traffic(await host.read(), 'a', 'sent').blocks === 6, 'the new blocks')
    const values = await readWhenQuiet(host)
    expect(traffic(values, 'a', 'sent')).toMatchObject({ blocks: 6, bytes: 600 })
    expect(value(values, 'peers', 'a')).toBe(1)
    // of the new one and of the old one: messages taken in, and answers given
    const [sent, received] = [traffic(values, 'a', 'sent'), traffic(values, 'a', 'received')]
    expect(value(values, 'exchanges_total', 'a')).toBe(received.messages + sent.messages)
    // its own two
    expect(old.network.listenerCount('bitswap:message')).toBe(2)
  })
})

/** The names of the exported metrics that are present state. */
function present(values: Map<string, number>): string[] {
  const names = [...values.keys()].map((key) => key.split('{')[0])
  return [...new Set(names)].filter((name) => !/_total$|_timestamp$/.test(name)).sort()
}

describe('a function in place of the node', () => {
  it('is called at each pass: totals continue over a node that was replaced', async () => {
    let current: TestNode | undefined
    const host = await startTestHost({ a: bitswap({ helia: () => current }) })
    expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'down' }])
    expect(host.log.join()).toContain('there is no Helia node now: the function helia returned undefined')
    const b = await startNode()
    for (const expected of [4, 8]) {
      const node = await startNode()
      current = node
      await until(
        async () => value(await host.read(), 'peers', 'a') === 0 && listeners(node)[0] === 3,
        'the plugin to turn to the node',
      )
      await connect(node, b)
      await fetchBlocks(node, await putBlocks(b, 4, 100))
      await until(async () => traffic(await host.read(), 'a', 'received').blocks === expected, 'its blocks')
      const during = await host.read()
      expect(value(during, 'peers', 'a')).toBe(1)
      expect(present(during)).toEqual([
        'libp2p_bitswap_max_debt_ratio',
        'libp2p_bitswap_oldest_want_age_seconds',
        'libp2p_bitswap_peers',
        'libp2p_bitswap_send_queue_size',
        'libp2p_bitswap_wantlist_size',
      ])
      current = undefined
      const after = await host.read()
      expect(present(after)).toEqual([])
      expect(traffic(after, 'a', 'received').blocks).toBe(expected)
      expect(listeners(node)).toEqual([2, 0, 0])
      expect(host.tidegauge.health().plugins).toMatchObject([{ state: 'down' }])
    }
  })
})

describe('a function that throws', () => {
  it('marks the plugin down until it answers', async () => {
    const node = await startNode()
    let isBroken = true
    const helia = () => {
      if (isBroken) throw new Error('the node is being made')
      return node
    }
    const host = await startTestHost({ a: bitswap({ helia }) })
    const state = async () => {
      await host.read()
      return host.tidegauge.health().plugins[0].state
    }
    expect(await state()).toBe('down')
    expect(host.log.join()).toContain('the node is being made')
    isBroken = false
    await expect.poll(state, { timeout: 10_000, interval: 100 }).toBe('up')
  })
})
