import { LogOnce } from '@tidegauge/core'
import { startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { TrafficCounts } from '../../src/bandwidth/traffic-counts.js'
import { createLibp2pRecorder, libp2p } from '../../src/index.js'
import { NodeView } from '../../src/js-libp2p/node-view.js'
import { ShapeCheck } from '../../src/js-libp2p/shape-check.js'
import { TrafficWatcher } from '../../src/js-libp2p/traffic-watcher.js'
import { connectionTo, createNode, openStream } from '../support/nodes.js'

const HELD = '/test/refused/1'
const refused = (direction: string): string =>
  `libp2p_streams_refused_total{protocol="${HELD}",direction="${direction}"}`

describe('streams refused at their limit (issue 10, item 32)', () => {
  it.each(['with the plugin’s metrics', 'without'])('are counted inbound: node created %s', async (how) => {
    const plugin = libp2p()
    const hub = await createNode(how === 'without' ? {} : { metrics: plugin.metrics })
    await hub.handle(HELD, () => {}, { maxInboundStreams: 3 })
    const peer = await createNode()
    const host = await startTestHost(plugin.observe(hub))
    for (let i = 0; i < 7; i++) await openStream(peer, hub, HELD).catch(() => {})
    await until(async () => (await host.value(refused('inbound'))) === 4, 'four refusals')
    const values = await host.read()
    expect(values.get(`libp2p_streams_opened_total{protocol="${HELD}",direction="inbound"}`)).toBe(3)
    expect(values.get(refused('outbound'))).toBe(0)
    const open = connectionTo(hub, peer).streams.filter(({ protocol }) => protocol === HELD)
    expect(open.map((stream) => Object.hasOwn(stream, 'abort'))).toEqual(open.map(() => how !== 'without'))
  })

  it('are counted outbound', async () => {
    const plugin = libp2p()
    const node = await createNode({ metrics: plugin.metrics })
    const peer = await createNode()
    await peer.handle(HELD, () => {}, { maxInboundStreams: 100 })
    const host = await startTestHost(plugin.observe(node))
    const options = { maxOutboundStreams: 2 }
    for (let i = 0; i < 5; i++) await node.dialProtocol(peer.getMultiaddrs(), HELD, options).catch(() => {})
    const values = await host.read()
    expect(values.get(refused('outbound'))).toBe(3)
    expect(values.get(`libp2p_streams_opened_total{protocol="${HELD}",direction="outbound"}`)).toBe(2)
  })

  it('are recorded by another stack', async () => {
    const recorder = createLibp2pRecorder()
    const host = await startTestHost(libp2p({ source: recorder }))
    recorder.openConnection('inbound').refusedStream(HELD, 'inbound')
    expect(await host.value(refused('inbound'))).toBe(1)
  })
})

describe('the search for the connection of a stream (issue 10, item 36)', () => {
  it('does not grow with the number of native connections', () => {
    const logOnce = new LogOnce()
    const traffic = new TrafficWatcher(new TrafficCounts(10, logOnce), new ShapeCheck(new NodeView()))
    let reads = 0
    for (let i = 0; i < 100; i++) {
      const muxer = Object.assign(new EventTarget(), { createStream: () => ({}) })
      const connection = {
        direction: 'inbound' as const,
        status: 'open',
        remoteAddr: '/ip4/127.0.0.1/udp/1/quic-v1',
        timeline: { open: 1 },
        multiplexer: 'quic',
        muxer,
        newStream: () => {},
        get streams() {
          reads++
          return []
        },
      }
      traffic.connectionOpened(connection, new Map())
    }
    reads = 0
    const stream = Object.assign(new EventTarget(), {
      direction: 'inbound' as const,
      status: 'open',
      protocol: HELD,
      send: () => true,
      readBufferLength: 0,
      writeBufferLength: 0,
    })
    traffic.trackStream(stream)
    expect(reads).toBe(0)
  })
})
