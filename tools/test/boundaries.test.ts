import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { importIssues, readImports } from '../boundaries/imports.ts'
import { issuesOf } from '../boundaries/layers.ts'
import { readGraph, workspaceRoot } from '../workspace/graph.ts'

const fixture = fileURLToPath(new URL('../boundaries/fixture', import.meta.url))

describe('the boundary check', () => {
  test('finds one violation of each kind in a workspace that was made for it', async () => {
    const issues = issuesOf(await readGraph(fixture))
    expect(issues.sort()).toEqual([
      'packages/core has dependencies: left-pad',
      'packages/oddment belongs to no layer: rename it, or add a layer',
      'packages/plugin-a imports packages/plugin-b: a plugin may import core, attach, testkit',
      'packages/plugin-b depends on testkit, which is for devDependencies only',
      'packages/transport-x imports packages/plugin-a: a transport may import core, testkit',
    ])
  })

  test('refuses a graph without imports', () => {
    expect(issuesOf({ projects: [], edges: [] })).toEqual([
      'the graph has no edges: Nx did not read the imports',
    ])
  })

  test('refuses a workspace whose Nx reads manifests only', async () => {
    await expect(readGraph(fileURLToPath(new URL('.', import.meta.url)))).rejects.toThrow(/nx\.json/)
  })
})

describe('the check of the files in a package', () => {
  test('finds an import against the order of core’s folders, and a folder without a place in it', () => {
    expect(importIssues('packages/core', readImports(fixture, 'packages/core'))).toEqual([
      'packages/core/src/oddity/odd.ts: "oddity" has no place in core\'s order, see coreOrder',
      'packages/core/src/storage/table.ts imports packages/core/src/recording/counter.ts: storage stands before recording in core and must not need it',
    ])
  })

  test('finds two files that import each other, in types alone', () => {
    expect(importIssues('packages/plugin-b', readImports(fixture, 'packages/plugin-b'))).toEqual([
      'these import each other: packages/plugin-b/src/one.ts > packages/plugin-b/src/two.ts > packages/plugin-b/src/one.ts',
    ])
  })

  test('reads the imports of the real core', () => {
    const graph = readImports(workspaceRoot, 'packages/core')
    expect(graph.get('packages/core/src/recording/counter.ts')).toContain(
      'packages/core/src/recording/bound-series.ts',
    )
  })
})
