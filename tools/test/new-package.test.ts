/** What `npm run new` creates passes everything that `npm test` demands of a package, as it is. */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fillReadme } from '../generate/package-readme.ts'
import type { Kind } from '../new/create-package.ts'
import { nameProblem } from '../new/names.ts'
import { workspaceRoot } from '../workspace/graph.ts'
import { assertDone, outcomeOf, type Outcome } from './publish/consumer.ts'
import { copyWorkspace, linkPackages, type WorkspaceCopy } from './support/workspace-copy.ts'

const created = ['packages/plugin-tide-pool', 'packages/transport-tide-pool']
const base = ['core', 'attach', 'testkit']

let copy: WorkspaceCopy
const run = (program: string, ...args: string[]): Promise<Outcome> =>
  outcomeOf(process.execPath, [join(workspaceRoot, 'node_modules', program), ...args], copy.root, {
    NO_COLOR: '1',
  })

const create = (kind: string, name: string): Promise<Outcome> =>
  outcomeOf(process.execPath, ['tools/new.ts', kind, name], copy.root)
const printed: Outcome[] = []

beforeAll(async () => {
  const settings = [
    'LICENSE',
    '.oxlintrc.json',
    '.prettierrc.json',
    '.prettierignore',
    'tsconfig.base.json',
    'tsconfig.tests.json',
  ]
  const tools = ['new', 'new.ts', 'workspace', 'test-groups.ts'].map((path) => `tools/${path}`)
  const packages = base.flatMap((name) =>
    ['src', 'package.json', 'tsconfig.json'].map((path) => `packages/${name}/${path}`),
  )
  copy = copyWorkspace([...settings, ...tools, 'package.json', 'vitest.config.ts', ...packages])
  linkPackages(copy.root, [...base, 'plugin-tide-pool', 'transport-tide-pool'])
  const references = base.map((name) => ({ path: `packages/${name}` }))
  writeFileSync(join(copy.root, 'tsconfig.json'), JSON.stringify({ files: [], references }))
  for (const kind of ['plugin', 'transport']) printed.push(await create(kind, 'tide-pool'))
  assertDone('the build', await run('typescript/bin/tsc', '-b'))
})
afterAll(() => copy?.remove())

describe('a new package', () => {
  test('passes its tests', async () => {
    const outcome = await run('vitest/vitest.mjs', 'run', ...created)
    assertDone('vitest', outcome)
    expect(outcome.stdout).toMatch(/Test Files +12 passed/)
  })

  test('has the types that its tests need', async () => {
    assertDone('tsc', await run('typescript/bin/tsc', '-p', 'tsconfig.tests.json'))
  })

  test('passes the lint', async () => {
    assertDone('oxlint', await run('oxlint/bin/oxlint', '--type-aware', ...created))
  })

  test('is formatted', async () => {
    assertDone('prettier', await run('prettier/bin/prettier.cjs', '--check', ...created, 'tsconfig.json'))
  })

  test('has the tables in its README that are generated', async () => {
    for (const folder of created) {
      const file = join(copy.root, folder, 'README.md')
      const text = readFileSync(file, 'utf8')
      const filled = await fillReadme(text, join(copy.root, folder))
      expect(await format(filled, { ...(await resolveConfig(file)), filepath: file })).toBe(text)
    }
  })

  test('has no word of the template’s name in it', () => {
    const files = created.flatMap((folder) => globSync(`${folder}/{src,test}/**/*.*`, { cwd: copy.root }))
    expect(files.length).toBeGreaterThan(25)
    for (const path of [...files, ...created.map((folder) => `${folder}/package.json`)])
      expect(path + readFileSync(join(copy.root, path), 'utf8')).not.toMatch(/my.?system/i)
  })

  test('comes with what to do next', () => {
    for (const [i, { code, stdout }] of printed.entries()) {
      expect(code).toBe(0)
      expect(stdout).toContain(`Created ${created[i]}, with its reference in tsconfig.json.`)
      expect(stdout).toContain(`npx vitest run ${created[i]}`)
    }
  })

  test('is not written over a folder that exists', async () => {
    const { code, stderr } = await create('plugin', 'tide-pool')
    expect(code).toBe(1)
    expect(stderr.trim()).toBe('packages/plugin-tide-pool exists already; choose another name, or remove it')
  })
})

describe('the name of a new package', () => {
  test.each<[Kind, string]>([
    ['plugin', 'http-cache'],
    ['plugin', 'process'],
    ['plugin', 'my-system'],
    ['transport', 'graphite2'],
  ])('%s %s is accepted', (kind, name) => {
    expect(nameProblem(kind, name)).toBeUndefined()
  })

  test.each<[Kind, string, string]>([
    ['plugin', '', 'the name was "", expected lower case letters, digits and single hyphens'],
    ['plugin', 'Cache', 'the name was "Cache", expected lower case'],
    ['plugin', '../x', 'the name was "../x", expected lower case'],
    ['plugin', 'a--b', 'the name was "a--b", expected lower case'],
    ['plugin', 'plugin-cache', 'write the name without "plugin-"'],
    ['transport', 'x'.repeat(41), 'has 41 characters, expected up to 40'],
    ['plugin', 'delete', 'gives the identifier delete, which is taken'],
    ['plugin', 'settings', 'gives the identifier settings, which is taken'],
    ['transport', 'url', 'gives the identifier url, which is taken'],
  ])('%s %j is refused in one line', (kind, name, words) => {
    expect(nameProblem(kind, name)).toContain(words)
    expect(nameProblem(kind, name)).not.toContain('\n')
  })
})

describe('the command', () => {
  const command = (...args: string[]) => outcomeOf(process.execPath, ['tools/new.ts', ...args], workspaceRoot)

  test('explains itself', async () => {
    const { code, stdout } = await command('--help')
    expect(code).toBe(0)
    expect(stdout).toContain('npm run new -- plugin NAME')
  })

  test.each([
    [[], 'what to create was "", expected plugin or transport'],
    [['gadget', 'x'], 'what to create was "gadget", expected plugin or transport'],
    [['plugin', 'Cache'], 'the name was "Cache"'],
    [['plugin', 'a', 'b'], 'received more than one name: a, b'],
    [['plugin', 'a', '--force'], 'unknown option --force'],
    [['plugin', 'bitswap'], 'packages/plugin-bitswap exists already'],
  ])('refuses %j', async (args, words) => {
    const { code, stderr, stdout } = await command(...args)
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr.trim()).toContain(words)
    expect(stderr.trim()).not.toContain('\n')
    expect(existsSync(join(workspaceRoot, 'packages/plugin-a'))).toBe(false)
  })
})
