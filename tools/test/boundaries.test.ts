import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { faultsOf } from '../boundaries/layers.ts'
import { readGraph } from '../workspace/graph.ts'

describe('the boundary check', () => {
  test('finds one violation of each kind in a workspace that was made for it', async () => {
    const faults = faultsOf(await readGraph(fileURLToPath(new URL('../boundaries/fixture', import.meta.url))))
    expect(faults.sort()).toEqual([
      'packages/core has dependencies: left-pad',
      'packages/oddment belongs to no layer: rename it, or add a layer',
      'packages/plugin-a imports packages/plugin-b: a plugin may import core, testkit',
      'packages/plugin-b depends on testkit, which is for devDependencies only',
      'packages/transport-x imports packages/plugin-a: a transport may import core, testkit',
    ])
  })

  test('distrusts a graph without imports', () => {
    expect(faultsOf({ projects: [], edges: [] })).toEqual([
      'the graph has no edges: Nx did not read the imports',
    ])
  })

  test('refuses a workspace whose Nx reads manifests only', async () => {
    await expect(readGraph(fileURLToPath(new URL('.', import.meta.url)))).rejects.toThrow(/nx\.json/)
  })
})
