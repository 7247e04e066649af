import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { instruments, libp2p } from '../src/index.js'
import { quiet } from './support/bytes.js'
import { startHost } from '../../../tools/test/plugin-host.ts'
import { createNode } from './support/nodes.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('shows in its README what comes out after one connection and one ping', async () => {
  const plugin = libp2p()
  const a = await createNode({ metrics: plugin.metrics })
  const b = await createNode()
  const host = await startHost(plugin.observe(a))
  await a.dial(b.getMultiaddrs())
  await a.services.ping.ping(b.peerId)
  const values = await quiet(host)
  const shown = /```text\n([^`]+)```/.exec(readme)?.[1].trim().split('\n') ?? []
  expect(shown.length).toBeGreaterThan(10)
  for (const line of shown) {
    const [series, value] = [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]
    expect([series, values.get(series)]).toEqual([series, value])
  }
})

it('lists every instrument in its README', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
})
