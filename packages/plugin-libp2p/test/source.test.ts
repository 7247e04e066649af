import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { libp2p, type Libp2pSnapshot, type ModuleValues } from '../src/index.js'

const pools = (pool: string): Libp2pSnapshot['pools'] => ({
  connections: [],
  streams: [{ pool, direction: 'inbound', value: 1 }],
  limits: [{ pool, direction: 'inbound', value: 5 }],
})

const modules = (key: string): ModuleValues[] => [
  {
    definition: { kind: 'gauge', name: 'module_level', help: 'A level.', label: 'side' },
    writeTo: (write) => write(key, 1),
  },
]

describe('a source', () => {
  it('may leave out everything', async () => {
    const host = await startTestHost(libp2p({ source: { read: () => ({}) } }))
    const values = await host.read()
    expect([...values.values()].every((value) => value === 0)).toBe(true)
    expect(host.tidegauge.health().healthy).toBe(true)
  })

  it('with problems is exported without what has closed, and its plugin is down', async () => {
    let snapshot: Libp2pSnapshot = { pools: pools('/a'), modules: modules('left') }
    const host = await startTestHost(libp2p({ source: { read: () => snapshot } }))
    await host.read()
    snapshot = { pools: pools('/b'), modules: modules('right'), problems: ['no sessions today'] }
    const values = await host.read()
    expect([...values.keys()].filter((key) => /pool|module/.test(key))).toEqual([
      'libp2p_resource_shared_pool_streams{pool="/b",direction="inbound"}',
      'libp2p_resource_shared_pool_limit{pool="/b",direction="inbound"}',
      'module_level{side="right"}',
    ])
    expect(host.tidegauge.health().plugins).toMatchObject([
      { state: 'down', lastError: expect.stringContaining('plugin "libp2p": no sessions today') },
    ])
  })

  it('defines a module’s metric again when the host starts again', async () => {
    const host = await startTestHost(libp2p({ source: { read: () => ({ modules: modules('left') }) } }))
    expect(await host.value('module_level{side="left"}')).toBe(1)
    await host.tidegauge.stop()
    await host.tidegauge.start()
    expect(await host.value('module_level{side="left"}')).toBe(1)
  })
})
