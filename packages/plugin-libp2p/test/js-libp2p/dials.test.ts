import { multiaddr } from '@multiformats/multiaddr'
import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { createLibp2pRecorder, libp2p } from '../../src/index.js'
import { createNode } from '../support/nodes.js'
import { silentServer } from '../support/silence.js'

const CLOSED = multiaddr('/ip4/127.0.0.1/tcp/1')

function nonZero(values: Map<string, number>, name: string): Record<string, number> {
  const found = [...values].filter(([key, value]) => key.startsWith(`${name}{`) && value !== 0)
  return Object.fromEntries(found.map(([key, value]) => [/"([^"]+)"/.exec(key)![1], value]))
}

describe('dials (issue 10, item 32)', () => {
  it('are counted one by one, by their outcome', async () => {
    const plugin = libp2p()
    const peer = await createNode()
    const denied = await createNode()
    const node = await createNode({
      metrics: plugin.metrics,
      connectionManager: { reconnectRetries: 0 },
      connectionGater: {
        denyDialPeer: (id: { equals(other: unknown): boolean }) => id.equals(denied.peerId),
      },
    })
    const host = await startTestHost(plugin.observe(node))
    const dial = (target: Parameters<typeof node.dial>[0], signal?: AbortSignal): Promise<unknown> =>
      node.dial(target, { signal }).catch(() => {})
    await dial(peer.getMultiaddrs())
    await dial(peer.peerId)
    await dial(peer.peerId)
    for (let i = 0; i < 4; i++) await dial(denied.getMultiaddrs())
    for (let i = 0; i < 5; i++) await dial(CLOSED)
    await dial(multiaddr('/ip4/127.0.0.1/udp/1/quic-v1'))
    await dial(await silentServer(), AbortSignal.timeout(100))
    const controller = new AbortController()
    const aborted = dial(await silentServer(), controller.signal)
    controller.abort()
    await aborted
    expect(nonZero(await host.read(), 'libp2p_dials_total')).toEqual({
      connected: 1,
      existing: 2,
      denied: 4,
      failed: 5,
      no_address: 1,
      timeout: 1,
      aborted: 1,
    })
  })

  it('have an outcome of their own when the node’s own time is over, and when the queue is full', async () => {
    const plugin = libp2p()
    const node = await createNode({
      metrics: plugin.metrics,
      connectionManager: { dialTimeout: 300, maxDialQueueLength: 1 },
    })
    const host = await startTestHost(plugin.observe(node))
    const targets = [await silentServer(), await silentServer()]
    await Promise.all(targets.map((target) => node.dial(target).catch(() => {})))
    expect(nonZero(await host.read(), 'libp2p_dials_total')).toEqual({ timeout: 1, queue_full: 1 })
  })

  it('are no longer counted when the host has stopped: the node is restored', async () => {
    const node = await createNode()
    const manager = Reflect.get(Reflect.get(node, 'components') as object, 'connectionManager') as object
    const upgrader = Reflect.get(Reflect.get(node, 'components') as object, 'upgrader') as object
    const host = await startTestHost(libp2p().observe(node))
    expect([Object.hasOwn(manager, 'openConnection'), Object.hasOwn(upgrader, 'upgradeInbound')]).toEqual([
      true,
      true,
    ])
    await host.tidegauge.stop()
    expect([Object.hasOwn(manager, 'openConnection'), Object.hasOwn(upgrader, 'upgradeInbound')]).toEqual([
      false,
      false,
    ])
  })

  it('are recorded by another stack', async () => {
    const recorder = createLibp2pRecorder()
    const host = await startTestHost(libp2p({ source: recorder }))
    recorder.dialed('failed')
    expect(await host.value('libp2p_dials_total{outcome="failed"}')).toBe(1)
  })
})

describe('connections that the connection gater refuses (issue 10, item 32)', () => {
  it.each(['denyInboundConnection', 'denyInboundEncryptedConnection', 'denyInboundUpgradedConnection'])(
    'are counted: %s',
    async (method) => {
      const plugin = libp2p()
      const node = await createNode({ metrics: plugin.metrics, connectionGater: { [method]: () => true } })
      const host = await startTestHost(plugin.observe(node))
      for (let i = 0; i < 3; i++) {
        // a peer of its own each time: it may keep the refused connection for a moment, and would not dial again
        const peer = await createNode({ connectionManager: { reconnectRetries: 0 } })
        await peer.dial(node.getMultiaddrs(), { signal: AbortSignal.timeout(2_000) }).catch(() => {})
      }
      const refused = async (): Promise<object> =>
        nonZero(await host.read(), 'libp2p_connections_refused_total')
      await until(async () => Object.values(await refused())[0] === 3, 'three refusals')
      expect(await refused()).toEqual({ connection_gater: 3 })
    },
  )
})
