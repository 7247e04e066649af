import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { libp2p } from '../../src/index.js'
import { createNode } from '../support/nodes.js'

const DOWN = {
  state: 'down',
  lastError: expect.stringMatching(/node does not run.*node\.start\(\)/) as string,
}

describe('a node that does not run (issue 10, item 31)', () => {
  it.each(['with the plugin’s metrics', 'without'])(
    'is down with what to do, and comes back: created %s',
    async (how) => {
      const plugin = libp2p()
      const node = await createNode(how === 'without' ? {} : { metrics: plugin.metrics })
      const peer = await createNode()
      const host = await startTestHost(plugin.observe(node))
      await node.dial(peer.getMultiaddrs())
      await host.read()
      expect(host.tidegauge.health().healthy).toBe(true)
      await node.stop()
      const values = await host.read()
      expect(host.tidegauge.health().plugins).toMatchObject([DOWN])
      expect(values.get('libp2p_connections_closed_total{direction="outbound"}')).toBe(1)
      expect(values.get('libp2p_resource_connections{direction="outbound"}')).toBe(0)
      await node.start()
      await node.dial(peer.getMultiaddrs())
      await until(async () => (await host.read()) && host.tidegauge.health().healthy, 'a plugin that is up')
      const again = await host.read()
      expect(again.get('libp2p_connections_opened_total{direction="outbound"}')).toBe(2)
    },
  )

  it('is down until it has started', async () => {
    const plugin = libp2p()
    const node = await createNode({ metrics: plugin.metrics, start: false })
    const host = await startTestHost(plugin.observe(node))
    await host.read()
    expect(host.tidegauge.health().plugins).toMatchObject([DOWN])
    await node.start()
    await until(async () => (await host.read()) && host.tidegauge.health().healthy, 'a plugin that is up')
  })
})

describe('a node that hides its components (issue 10, item 8)', () => {
  it('is down, since its bytes are not known', async () => {
    const node = await createNode()
    const hidden = {
      getConnections: () => node.getConnections(),
      getProtocols: () => node.getProtocols(),
      getMultiaddrs: () => node.getMultiaddrs(),
      addEventListener: (...args: Parameters<typeof node.addEventListener>) => node.addEventListener(...args),
      removeEventListener: (...args: Parameters<typeof node.removeEventListener>) =>
        node.removeEventListener(...args),
    }
    const host = await startTestHost(libp2p().observe(hidden))
    await host.read()
    expect(host.tidegauge.health().plugins).toMatchObject([
      { state: 'down', lastError: expect.stringContaining('hides its components') as string },
    ])
  })
})
