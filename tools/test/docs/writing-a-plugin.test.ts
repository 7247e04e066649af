/** The project of docs/writing-a-plugin.md, as an outside author has it: in a folder of its own, against the build. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isInRange } from '../../workspace/versions.ts'
import { workspaceRoot } from '../../workspace/graph.ts'
import { assertDone, outcomeOf, type Outcome } from '../publish/consumer.ts'
import { publishedManifests } from '../publish/packed.ts'
import { codeBlocks } from '../support/code-blocks.ts'

const page = readFileSync(join(workspaceRoot, 'docs/writing-a-plugin.md'), 'utf8')
const blocks = codeBlocks(page)
const files = blocks.filter(({ file }) => file !== '')
const project = mkdtempSync(join(tmpdir(), 'tidegauge-outside-'))
const manifest = JSON.parse(files.find(({ file }) => file === 'package.json')!.code) as Record<
  'scripts' | 'dependencies' | 'peerDependencies' | 'devDependencies',
  Record<string, string>
>

const npm = (script: string): Promise<Outcome> =>
  outcomeOf('npm', ['run', '--silent', script], project, {
    NO_COLOR: '1',
    PATH: `${join(workspaceRoot, 'node_modules/.bin')}:${process.env['PATH']}`,
  })

beforeAll(async () => {
  for (const { file, code } of files) {
    mkdirSync(dirname(join(project, file)), { recursive: true })
    writeFileSync(join(project, file), code)
  }
  symlinkSync(join(workspaceRoot, 'node_modules'), join(project, 'node_modules'))
  assertDone('npm run build', await npm('build'))
})
afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('the project of docs/writing-a-plugin.md', () => {
  test('passes its tests', async () => {
    const outcome = await npm('test')
    assertDone('npm test', outcome)
    expect(outcome.stdout).toMatch(/Test Files +3 passed/)
  })

  test('compiles with its tests and its example', async () => {
    const settings = {
      extends: './tsconfig.json',
      compilerOptions: { rootDir: '.', noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true },
      include: ['src', 'test', 'example.ts'],
    }
    writeFileSync(join(project, 'tsconfig.all.json'), JSON.stringify(settings))
    const tsc = join(workspaceRoot, 'node_modules/typescript/bin/tsc')
    assertDone('tsc', await outcomeOf(process.execPath, [tsc, '-p', 'tsconfig.all.json'], project))
  })

  test('prints in its example what the page shows', async () => {
    const outcome = await outcomeOf(process.execPath, ['example.ts'], project)
    assertDone('the example', outcome)
    const shown = blocks[blocks.findIndex(({ file }) => file === 'example.ts') + 1]
    expect(shown.language).toBe('text')
    expect(outcome.stdout).toBe(shown.code)
  })

  test('is complete: every block of code is one of its files', () => {
    expect(blocks.filter(({ language, file }) => /^(ts|json)$/.test(language) && file === '')).toEqual([])
  })

  test('asks for versions that are in the workspace', () => {
    const { dependencies, peerDependencies, devDependencies } = manifest
    const ours = publishedManifests().map(({ manifest: { name, version } }) => [name, version] as const)
    for (const ranges of [dependencies, peerDependencies, devDependencies])
      for (const [name, range] of Object.entries(ranges).filter(([one]) => one.startsWith('@tidegauge/'))) {
        const version = ours.find(([known]) => known === name)?.[1]
        expect(version, name).toBeDefined()
        expect(isInRange(version!, range), `${name} ${range}`).toBe(true)
      }
  })
})
