import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workspaceRoot } from '../../workspace/graph.ts'
import { packAll, publishedManifests, type Packed } from './packed.ts'

let packages: Packed[]
let remove = () => {}

beforeAll(async () => {
  ;({ packages, remove } = await packAll())
})
afterAll(() => remove())

describe.each(publishedManifests())('the tarball of $manifest.name', ({ folder }) => {
  const packed = () => packages.find((one) => one.folder === folder)!

  test('holds each source with what was built from it, its documentation, and nothing else', () => {
    const sources = globSync('src/**/*.ts', { cwd: join(workspaceRoot, folder) })
    const built = sources.flatMap((path) => {
      const stem = path.replace(/^src/, 'dist').replace(/\.ts$/, '')
      return ['.d.ts', '.d.ts.map', '.js', '.js.map'].map((ending) => `${stem}${ending}`)
    })
    const docs = globSync('docs/**/*.md', { cwd: join(workspaceRoot, folder) })
    const expected = ['LICENSE', 'README.md', 'package.json', ...docs, ...sources, ...built]
    expect(new Set(packed().files.filter((path) => path !== 'CHANGELOG.md'))).toEqual(new Set(expected))
  })

  test('holds no test, no secret and no path of this machine', () => {
    const text = (path: string) => readFileSync(join(workspaceRoot, folder, path), 'utf8')
    expect(
      packed().files.filter((path) => /(^|\/)tests?\/|\.test\.|(^|\/)\.|tsbuildinfo/.test(path)),
    ).toEqual([])
    expect(packed().files.filter((path) => text(path).includes(workspaceRoot))).toEqual([])
  })

  test('imports nothing that its manifest does not ask for', () => {
    const { name, dependencies, peerDependencies } = packed().manifest
    const known = Object.keys({ [name]: '', ...dependencies, ...peerDependencies })
    const imported = packed()
      .files.filter((path) => /^dist\/.*\.(js|d\.ts)$/.test(path))
      .flatMap((path) => importsOf(readFileSync(join(workspaceRoot, folder, path), 'utf8')))
    const unknown = imported.filter(
      (from) => !isBuiltin(from) && !known.some((one) => from === one || from.startsWith(`${one}/`)),
    )
    expect([...new Set(unknown)]).toEqual([])
  })

  test('states the API level it was written for, not the one of the core that it meets', () => {
    if (!/\/(plugin|transport)-/.test(folder)) return
    const built = packed().files.filter((path) => /^dist\/.*\.js$/.test(path))
    const borrowed = built.filter((path) =>
      /import \{[^}]*\bapiLevel\b[^}]*\} from '@tidegauge\/core'/.test(
        readFileSync(join(workspaceRoot, folder, path), 'utf8'),
      ),
    )
    expect(borrowed).toEqual([])
  })

  test('has nothing that publint finds', async () => {
    const tarball = readFileSync(packed().tarball)
    const bytes = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength)
    const { messages, pkg } = await publint({ pack: { tarball: bytes }, level: 'suggestion' })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })

  test('has types that every resolver of ES modules finds, says attw', async () => {
    const attw = join(workspaceRoot, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const args = [attw, packed().tarball, '--no-definitely-typed', '--format=json']
    // it exits with 1 for the two problems that every ES module has
    const outcome = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 }).catch(
      (failed: { stdout: string; stderr: string }) => failed,
    )
    expect(outcome.stdout, outcome.stderr).toMatch(/^\{/)
    const { analysis, problems } = JSON.parse(outcome.stdout) as {
      analysis: { types: { kind: string } }
      problems: Record<string, { kind: string; resolutionKind: string }[]>
    }
    expect(analysis.types.kind).toBe('included')
    const found = Object.values(problems).flatMap((all) =>
      all.map((one) => `${one.kind} ${one.resolutionKind}`),
    )
    expect(found.filter((problem) => !expectedOfEsm.has(problem))).toEqual([])
  })
})

/** Node's oldest resolver knows no `exports`; and `require` of an ES module is what our Node.js versions can do. */
const expectedOfEsm = new Set(['NoResolution node10', 'CJSResolvesToESM node16-cjs'])

function importsOf(code: string): string[] {
  const found = code.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'".][^'"]*)['"]/g)
  return [...found].map((match) => match[1] ?? '')
}
