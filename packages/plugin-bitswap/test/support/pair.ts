import { bitswap } from '../../src/index.js'
import { startHost, type TestHost } from '../../../../tools/test/plugin-host.ts'
import { connect, startNode, type TestNode } from './nodes.js'

/** Two nodes that are measured and connected: `a` has the blocks, `b` wants them. */
export async function startPair(): Promise<{ a: TestNode; b: TestNode; host: TestHost }> {
  const [a, b] = [await startNode(), await startNode()]
  const host = await startHost({ a: bitswap({ helia: a }), b: bitswap({ helia: b }) })
  await connect(b, a)
  return { a, b, host }
}
