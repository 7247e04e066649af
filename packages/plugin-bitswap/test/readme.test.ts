import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { bitswap, instruments } from '../src/index.js'
import { quiet } from './support/figures.js'
import { startHost } from '../../../tools/test/plugin-host.ts'
import { connect, fetchBlocks, putBlocks, startNode } from './support/nodes.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('shows in its README what comes out after one block was sent', async () => {
  const [a, b] = [await startNode(), await startNode()]
  const host = await startHost(bitswap({ helia: a }))
  await connect(b, a)
  await fetchBlocks(b, await putBlocks(a, 1, 1_000))
  const values = await quiet(host)
  const shown = /```text\n([^`]+)```/.exec(readme)?.[1].trim().split('\n') ?? []
  expect(shown.length).toBeGreaterThan(10)
  for (const line of shown) {
    const [series, value] = [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]
    expect([series, values.get(series)]).toEqual([series, value])
  }
  const debtor = `libp2p_bitswap_top_debtor_ratio{peer="*${b.libp2p.peerId.toString().slice(-10)}",rank="1"}`
  expect(values.get(debtor)).toBe(1_000)
})

it('lists every instrument in its README', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
})
