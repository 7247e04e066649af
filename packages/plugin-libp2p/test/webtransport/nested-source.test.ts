import { CollectError } from '@tidegauge/core'
import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { libp2p, type WebtransportSnapshot, type WebtransportSource } from '../../src/index.js'
import { createNode } from '../support/nodes.js'
import { hashesOf } from '../support/values.js'

describe('the option webtransport.source', () => {
  const snapshot: WebtransportSnapshot = {
    currentHashes: ['uA', 'uB'],
    historyHashes: ['uC'],
    sessions: { ready: 5, pending: 2 },
    handshakeSeconds: { ready: 0.25, pending: 1.5 },
    rejections: { missing_datagram: 3 },
    maxSessions: 64,
    rotationIntervalMs: 7_000,
    keepHistory: 4,
    lastRotationMs: 1_700_000_000_000,
  }

  it('takes the place of the built-in source', async () => {
    const plugin = libp2p({ webtransport: { source: { read: () => snapshot } } })
    const values = await (
      await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    ).read()
    expect(hashesOf(values, 'current')).toEqual(['uA', 'uB'])
    expect(hashesOf(values, 'history')).toEqual(['uC'])
    expect(values.get('libp2p_webtransport_sessions{state="pending"}')).toBe(2)
    expect(values.get('libp2p_webtransport_handshake_seconds{state="ready"}')).toBe(0.25)
    expect(values.get('libp2p_webtransport_rejections_total{reason="missing_datagram"}')).toBe(3)
    expect(values.get('libp2p_webtransport_max_sessions')).toBe(64)
    expect(values.get('libp2p_webtransport_rotation_interval_seconds')).toBe(7)
    expect(values.get('libp2p_webtransport_rotation_keep_history')).toBe(4)
    expect(values.get('libp2p_webtransport_last_rotation_timestamp')).toBe(1_700_000_000)
  })

  it('is overridden by the other options', async () => {
    const plugin = libp2p({
      webtransport: {
        source: { read: () => snapshot },
        maxSessions: 10,
        rotationIntervalMs: 1_000,
        keepHistory: 0,
      },
    })
    const values = await (
      await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    ).read()
    expect(values.get('libp2p_webtransport_max_sessions')).toBe(10)
    expect(values.get('libp2p_webtransport_rotation_interval_seconds')).toBe(1)
    expect(values.get('libp2p_webtransport_rotation_keep_history')).toBe(0)
  })

  it('is started once, and stopped with the plugin', async () => {
    const calls: string[] = []
    const source = {
      start: () => void calls.push('start'),
      read: () => snapshot,
      stop: () => void calls.push('stop'),
    }
    const plugin = libp2p({ webtransport: { source } })
    const host = await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    await host.read()
    expect(calls).toEqual(['start'])
    await host.tidegauge.stop()
    expect(calls).toEqual(['start', 'stop'])
  })

  it('is started again at the next pass when it could not start', async () => {
    const calls: string[] = []
    const source = {
      start: async () => {
        calls.push('start')
        if (calls.length === 1) throw new Error('not yet')
      },
      read: () => snapshot,
    }
    const plugin = libp2p({ webtransport: { source } })
    const host = await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    const ready = 'libp2p_webtransport_sessions{state="ready"}'
    await until(async () => (await host.value(ready)) === 5, 'another try')
    await host.read()
    expect(calls).toEqual(['start', 'start'])
  })

  it('does not disturb the rest when it fails or hangs', async () => {
    const [failing, hanging] = [
      libp2p({ webtransport: { source: { read: () => Promise.reject(new Error('no answer')) } } }),
      libp2p({ webtransport: { source: { read: () => new Promise<never>(() => {}) } } }),
    ]
    const host = await startTestHost({
      failing: failing.observe(await createNode({ metrics: failing.metrics })),
      hanging: hanging.observe(await createNode({ metrics: hanging.metrics })),
    })
    const values = await host.read()
    for (const node of ['failing', 'hanging'])
      expect(values.get(`libp2p_resource_connections{direction="inbound",node="${node}"}`)).toBe(0)
    expect(host.log.join()).toContain('no answer')
    expect(host.log.join()).toContain('the WebTransport source does not answer')
  })

  it('is stopped and started again when it throws COLLECT_SOURCE_CHANGED', async () => {
    const calls: string[] = []
    const source: WebtransportSource = {
      start: () => void calls.push('start'),
      read: () => {
        calls.push('read')
        if (calls.length === 2)
          throw new CollectError('COLLECT_SOURCE_CHANGED', 'libp2p', 'the listener is gone')
        return snapshot
      },
      stop: () => void calls.push('stop'),
    }
    const plugin = libp2p({ webtransport: { source } })
    const host = await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    const ready = 'libp2p_webtransport_sessions{state="ready"}'
    await until(async () => (await host.value(ready)) === 5, 'another start')
    expect(calls.slice(0, 5)).toEqual(['start', 'read', 'stop', 'start', 'read'])
    expect(host.log.join()).toContain('the WebTransport source failed: the listener is gone')
  })

  it('makes the plugin down, with the rest exported, when it returns what is not a snapshot', async () => {
    const node = await createNode()
    for (const [returned, message] of [
      [undefined, 'the WebTransport source returned undefined from read(), expected a snapshot object'],
      [{}, 'snapshot.currentHashes is not iterable'],
    ] as const) {
      const plugin = libp2p({ webtransport: { source: { read: () => returned as never } } })
      const host = await startTestHost(plugin.observe(node))
      expect(await host.value('libp2p_resource_connections{direction="inbound"}')).toBe(0)
      expect(host.tidegauge.health().plugins).toMatchObject([
        { state: 'down', lastError: expect.stringContaining(message) },
      ])
      await host.tidegauge.stop()
    }
  })

  it('may have problems of its own', async () => {
    const source = { read: () => ({ ...snapshot, problems: ['no hashes'] }) }
    const plugin = libp2p({ webtransport: { source } })
    const host = await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    expect(await host.value('libp2p_webtransport_sessions{state="ready"}')).toBe(5)
    expect(host.tidegauge.health().plugins[0].lastError).toContain('no hashes')
  })
})
