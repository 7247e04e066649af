import { readFileSync } from 'node:fs'
import { startTestHost, until } from '@tidegauge/testkit'
import { createLibp2p as createLibp2p2 } from 'libp2p-v2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { libp2p, type Libp2pPlugin, type ObservableNode } from '../../src/index.js'
import { createNode } from '../support/nodes.js'

async function createVersion2(options: object = {}): Promise<ObservableNode & { stop(): Promise<void> }> {
  const node: unknown = await createLibp2p2({ ...options, connectionMonitor: { enabled: false } })
  onTestFinished(() => (node as { stop(): Promise<void> }).stop())
  return node as ObservableNode & { stop(): Promise<void> }
}

const DOWN = {
  state: 'down',
  lastError: expect.stringMatching(/is not a js-libp2p 3.*install libp2p 3/) as string,
}

function jsonOf(path: string): { version: string; peerDependencies: Record<string, string> } {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as never
}

function versionOf(packageName: string): string {
  return jsonOf(`../../../../node_modules/${packageName}/package.json`).version
}

describe('js-libp2p 2 (issue 10, items 8 and 30)', () => {
  it('is down with what to do, when it was created with the plugin’s metrics', async () => {
    const plugin = libp2p()
    const node = await createVersion2({ metrics: plugin.metrics })
    const host = await startTestHost(plugin.observe(node))
    await host.read()
    expect(host.tidegauge.health().plugins).toMatchObject([DOWN])
    expect(host.tidegauge.health().plugins[0].lastError).toContain(`js-libp2p/${versionOf('libp2p-v2')}`)
  })

  it('is down and not touched, when it is passed later', async () => {
    const node = await createVersion2()
    const components = Reflect.get(node, 'components') as { metrics: unknown; connectionManager: object }
    const { metrics } = components
    const host = await startTestHost(libp2p().observe(node))
    await host.read()
    expect(host.tidegauge.health().plugins).toMatchObject([DOWN])
    expect(components.metrics).toBe(metrics)
    expect(Object.hasOwn(components.connectionManager, 'acceptIncomingConnection')).toBe(false)
  })

  it('is measured again when a js-libp2p 3 replaces it', async () => {
    const plugin = libp2p()
    const old = await createVersion2({ metrics: plugin.metrics })
    const host = await startTestHost(plugin)
    await host.read()
    expect(host.tidegauge.health().plugins).toMatchObject([DOWN])
    await old.stop()
    plugin.observe(await createNode({ metrics: plugin.metrics }))
    await until(async () => (await host.read()) && host.tidegauge.health().healthy, 'a plugin that is up')
  })
})

describe('a shape that is not known (issue 10, item 8)', () => {
  const track = {
    stream: (plugin: Libp2pPlugin, stream: object) => plugin.metrics.trackProtocolStream(stream as never),
    connection: (plugin: Libp2pPlugin, connection: object) =>
      plugin.metrics.trackMultiaddrConnection(connection as never),
  }

  it.each(Object.entries(track))('of a %s brings the plugin down, and is not touched', async (_, call) => {
    const plugin = libp2p()
    const host = await startTestHost(plugin.observe(await createNode({ metrics: plugin.metrics })))
    await host.read()
    expect(host.tidegauge.health().healthy).toBe(true)
    const duplex = { source: [], sink: () => {}, direction: 'inbound', status: 'open', protocol: '/a' }
    const before = Object.getOwnPropertyDescriptors(duplex)
    call(plugin, duplex)
    const values = await host.read()
    expect(host.tidegauge.health().plugins).toMatchObject([DOWN])
    expect(Object.getOwnPropertyDescriptors(duplex)).toEqual(before)
    expect(values.has('libp2p_streams_opened_total{protocol="/a",direction="inbound"}')).toBe(false)
  })
})

describe('the table of supported versions (issue 10, item 8)', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const section = /### Supported versions\n([^#]+)/.exec(readme)?.[1] ?? ''
  const rows = section
    .split('\n')
    .filter((line) => /^\| [0-9]/.test(line))
    .map((line) =>
      line
        .replaceAll('`', '')
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const own = jsonOf('../../package.json')
  const caret = (version: string): string => `^${version.split('.')[0]}.0.0`

  it('is what package.json says, and what the tests above ran with', () => {
    const plugin = own.version.split('.').slice(0, 2).join('.')
    const range = own.peerDependencies['@libp2p/interface']
    expect(rows).toEqual([
      [plugin, caret(versionOf('libp2p')), range, 'measured'],
      [plugin, caret(versionOf('libp2p-v2')), caret(versionOf('libp2p-v2')), 'down'],
    ])
    expect(caret(versionOf('@libp2p/interface'))).toBe(range)
  })
})
