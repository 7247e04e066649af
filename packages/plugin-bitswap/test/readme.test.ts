import { readFileSync } from 'node:fs'
import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { bitswap, instruments } from '../src/index.js'
import { readWhenQuiet } from './support/values.js'
import { connect, fetchBlocks, putBlocks, startNode } from './support/nodes.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('exports what the README shows after one block was sent', async () => {
  const [a, b] = [await startNode(), await startNode()]
  const host = await startTestHost(bitswap({ helia: a }))
  await connect(b, a)
  await fetchBlocks(b, await putBlocks(a, 1, 1_000))
  const values = await readWhenQuiet(host)
  const shown = /```text\n([^`]+)```/.exec(readme)?.[1].trim().split('\n') ?? []
  expect(shown.length).toBeGreaterThan(10)
  for (const line of shown) {
    const [series, value] = [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]
    expect([series, values.get(series)]).toEqual([series, value])
  }
  const debtor = `libp2p_bitswap_top_debtor_ratio{peer="*${b.libp2p.peerId.toString().slice(-10)}",rank="1"}`
  expect(values.get(debtor)).toBe(1_000)
})

it('lists every instrument in the README', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
})
