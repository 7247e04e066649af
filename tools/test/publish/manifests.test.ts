import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { staleRanges } from '../../release/ranges.ts'
import { workspaceRoot } from '../../workspace/graph.ts'
import { publishedManifests } from './packed.ts'

const all = publishedManifests()

test('there are packages to publish', () => {
  expect(all.length).toBeGreaterThanOrEqual(4)
})

test('every range on a package of ours takes the version that is here', () => {
  expect(staleRanges(all.map(({ manifest }) => manifest as never))).toEqual([])
})

describe.each(all)('$manifest.name', ({ folder, manifest }) => {
  const hasDocs = existsSync(join(workspaceRoot, folder, 'docs'))

  test('can be published with provenance and found again', () => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      type: 'module',
      engines: { node: '>=22.15' },
      sideEffects: false,
      files: ['dist', 'src', ...(hasDocs ? ['docs'] : []), 'README.md', 'CHANGELOG.md'],
      publishConfig: { access: 'public', provenance: true },
      repository: { type: 'git', directory: folder },
    })
    expect(manifest.private).toBeUndefined()
    expect(manifest['description']).toMatch(/^[A-Z].{20,}[^.]$/)
    expect(manifest['keywords']).toContain('metrics')
  })

  test('exports its one entry, types first', () => {
    const entry = { types: './dist/index.d.ts', default: './dist/index.js' }
    expect(manifest.exports).toEqual({ '.': entry, './package.json': './package.json' })
    expect(Object.keys((manifest.exports as Record<string, object>)['.'])[0]).toBe('types')
  })

  test('needs core as a peer, attach as an ordinary dependency if at all, and no other package of ours', () => {
    const ours = (ranges: object = {}) => Object.keys(ranges).filter((name) => name.startsWith('@tidegauge/'))
    expect(ours(manifest.peerDependencies)).toEqual(folder === 'packages/core' ? [] : ['@tidegauge/core'])
    const allowed = /^packages\/(plugin-|testkit$)/.test(folder) ? ['@tidegauge/attach'] : []
    expect(allowed).toEqual(expect.arrayContaining(ours(manifest.dependencies)))
  })

  test('has ranges that a registry understands', () => {
    const ranges = { ...manifest.dependencies, ...manifest.peerDependencies }
    for (const [name, range] of Object.entries(ranges))
      expect(range, name).toMatch(/^\^?\d+\.\d+\.\d+( \|\| \^\d+\.\d+\.\d+)*$/)
  })

  test("runs nothing when it is installed, and carries the project's licence", () => {
    const scripts = Object.keys(manifest['scripts'] ?? {})
    expect(scripts.filter((name) => /^(pre|post)?install$|^(pre|post)?prepare$/.test(name))).toEqual([])
    const read = (path: string) => readFileSync(join(workspaceRoot, path), 'utf8')
    expect(read(`${folder}/LICENSE`)).toBe(read('LICENSE'))
  })

  test('exports the version of its manifest', () => {
    const path = join(workspaceRoot, folder, 'src/version.ts')
    // these are not components of a host
    if (/^packages\/(testkit|attach)$/.test(folder) && !existsSync(path)) return
    expect(readFileSync(path, 'utf8')).toContain(`ersion = '${manifest.version}'`)
  })
})
