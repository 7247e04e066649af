import { createTidegauge } from '@tidegauge/core'
import { createMemoryTransport, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { libp2p, libp2pService } from '../src/index.js'
import { createNode } from './support/nodes.js'

describe('the host as a libp2p service (issue 10, item 35)', () => {
  it('starts, serves, stops and restarts with the node', async () => {
    const swarm = libp2p()
    const memory = createMemoryTransport()
    const host = createTidegauge({ logger: 'silent' }).use(swarm).export(memory)
    const node = await createNode({ metrics: swarm.metrics, services: { tidegauge: libp2pService(host) } })
    const opened = async (): Promise<unknown> => {
      await memory.scrape()
      const family = memory.read().find(({ name }) => name === 'libp2p_connections_opened_total')
      return family?.series.find(({ labels }) => labels['direction'] === 'outbound')?.value
    }
    expect([host.state, await opened(), host.health().healthy]).toEqual(['running', 0, true])
    await node.stop()
    expect(host.state).toBe('stopped')
    await node.start()
    await node.dial((await createNode()).getMultiaddrs())
    await until(async () => (await opened()) === 1, 'the next pass')
    expect([host.state, host.health().healthy]).toEqual(['running', true])
  })

  it('leaves a host alone that the application has started', async () => {
    const swarm = libp2p()
    const host = createTidegauge({ logger: 'silent' }).use(swarm)
    const node = await createNode({
      metrics: swarm.metrics,
      start: false,
      services: { tidegauge: libp2pService(host) },
    })
    await host.start()
    await node.start()
    await node.stop()
    expect(host.state).not.toBe('stopped')
    await host.stop()
  })

  it('fails the start of the node when the host cannot start', async () => {
    const failing = { state: 'new', start: () => Promise.reject(new Error('taken')), stop: async () => {} }
    const services = { tidegauge: libp2pService(failing as never) }
    await expect(createNode({ services })).rejects.toThrow('taken')
  })
})
