import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { instruments, libp2p } from '../src/index.js'
import { readWhenQuiet } from './support/values.js'
import { startTestHost } from '@tidegauge/testkit'
import { createNode } from './support/nodes.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('exports what the README shows after one connection and one ping', async () => {
  const plugin = libp2p()
  const a = await createNode({ metrics: plugin.metrics })
  const b = await createNode()
  const host = await startTestHost(plugin.observe(a))
  await a.dial(b.getMultiaddrs())
  await a.services.ping.ping(b.peerId)
  const values = await readWhenQuiet(host)
  const shown = /```text\n([^`]+)```/.exec(readme)?.[1].trim().split('\n') ?? []
  expect(shown.length).toBeGreaterThan(10)
  for (const line of shown) {
    const [series, value] = [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]
    expect([series, values.get(series)]).toEqual([series, value])
  }
})

it('lists every instrument in the README', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
})
