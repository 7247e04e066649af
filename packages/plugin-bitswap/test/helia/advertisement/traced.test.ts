import { createLibp2p } from 'libp2p'
import { expect, it, onTestFinished } from 'vitest'
import {
  connect,
  createPeer,
  dhtOf,
  freshCid,
  inside,
  privateDht,
  quietOptions,
} from '../../support/dht-nodes.js'
import { watch } from '../../support/watch.js'

/** libp2p metrics that trace, as tracing implementations do: each generator is driven by another one. */
function tracingMetrics(traced: string[]): never {
  const traceFunction = (name: string, fn: (...args: unknown[]) => AsyncIterable<unknown>) => {
    if (name !== 'libp2p.kadDHT.provide') return fn
    return async function* (...args: unknown[]) {
      traced.push(name)
      yield* fn(...args)
    }
  }
  const ignore = (): void => {}
  const handle = {
    update: ignore,
    increment: ignore,
    decrement: ignore,
    reset: ignore,
    observe: ignore,
    timer: () => ignore,
  }
  return new Proxy({}, { get: (_, key) => (key === 'traceFunction' ? traceFunction : () => handle) }) as never
}

it('counts the provides of a node that is traced, and leaves the tracing in place', async () => {
  const traced: string[] = []
  const node = await createLibp2p<any>({
    ...quietOptions({ dht: privateDht() }),
    metrics: () => tracingMetrics(traced),
  })
  onTestFinished(async () => {
    await node.stop()
  })
  await connect(node, await createPeer())
  const { contentRouting } = inside(dhtOf(node))
  const before = Object.getOwnPropertyDescriptor(contentRouting, 'provide')
  expect(before?.value).toBeTypeOf('function')
  const { totals, detach } = watch({ libp2p: node })
  await node.contentRouting.provide(await freshCid())
  expect(traced).toEqual(['libp2p.kadDHT.provide'])
  expect(totals()).toEqual({ dht: [1, 0], delegated: [0, 0], skipped: 0 })
  detach()
  expect(Object.getOwnPropertyDescriptor(contentRouting, 'provide')).toEqual(before)
})
