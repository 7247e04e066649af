/** `nx release` in a copy of the workspace: plan, versions, changelogs, tags. */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workspaceRoot } from '../../workspace/graph.ts'
import { assertDone, outcomeOf, type Outcome } from './consumer.ts'
import type { PublishedManifest } from './packed.ts'

const copy = mkdtempSync(join(tmpdir(), 'tidegauge-release-'))
const nx = (...args: string[]): Promise<Outcome> =>
  outcomeOf(
    process.execPath,
    [join(workspaceRoot, 'node_modules/nx/dist/bin/nx.js'), ...args],
    copy,
    environment,
  )
const environment = {
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  npm_config_prefer_offline: 'true',
  GIT_CONFIG_GLOBAL: join(copy, '.git/author'),
}

beforeAll(async () => {
  const paths = [
    'package.json',
    'package-lock.json',
    'nx.json',
    'tsconfig.base.json',
    '.gitignore',
    '.prettierrc.json',
    '.npmrc',
    'bench/package.json',
    'tools/release',
    'tools/workspace',
    ...globSync('{packages,examples}/*/{package.json,project.json,src}', { cwd: workspaceRoot }),
  ]
  for (const path of paths) cpSync(join(workspaceRoot, path), join(copy, path), { recursive: true })
  linkModules()
  await git('init', '--quiet', '--initial-branch=main')
  await git('config', '--file', join(copy, '.git/author'), 'user.name', 'A release')
  await git('config', '--file', join(copy, '.git/author'), 'user.email', 'release@localhost')
  await commit('chore: the state before')
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

test('a plan becomes a version, a changelog and a tag of its package alone', async () => {
  const before = manifest('transport-prometheus').version
  const [major, minor, patch] = manifest('core').version.split('.')
  const next = `${major}.${minor}.${Number(patch) + 1}`
  await plan('@tidegauge/core', 'patch', 'Counters no longer forget.')
  assertDone('nx release', await nx('release', '--skip-publish'))

  expect(manifest('core').version).toBe(next)
  expect(read('packages/core/src/version.ts')).toContain(`'${next}'`)
  expect(JSON.parse(read('package-lock.json')).packages['packages/core'].version).toBe(next)
  expect(read('packages/core/CHANGELOG.md')).toMatch(
    new RegExp(`^## ${next} [^]*- Counters no longer forget\\.`),
  )
  expect(await git('tag')).toBe(`@tidegauge/core@${next}`)
  expect(await git('log', '-1', '--format=%s')).toBe('chore(release): publish')
  expect(plans()).toEqual([])
  expect(await git('status', '--short')).toBe('')
  expect(manifest('transport-prometheus').version).toBe(before)
})

test('a core that would leave its plugins behind is refused, in words', async () => {
  await plan('@tidegauge/core', 'major', 'Timers take a clock.')
  const outcome = await nx('release', '--skip-publish')
  expect(outcome.code).not.toBe(0)
  expect(`${outcome.stdout}${outcome.stderr}`).toMatch(
    /transport-prometheus wants @tidegauge\/core \^\S+ \(peerDependencies\)/,
  )
  expect(`${outcome.stdout}${outcome.stderr}`).toContain('add a version plan for each')
  await git('checkout', '--quiet', '.')
})

test('released together, their peer ranges follow', async () => {
  const others = globSync('packages/*/package.json', { cwd: copy }).map((path) => path.split('/')[1])
  const plugins = others.filter((name) => name !== 'core')
  await plan(plugins.map((name) => `@tidegauge/${name}`).join(','), 'major', 'Needs the new core.')
  assertDone('nx release', await nx('release', '--skip-publish'))
  for (const name of plugins)
    expect(manifest(name).peerDependencies).toMatchObject({
      '@tidegauge/core': `^${manifest('core').version}`,
    })
  expect(await git('status', '--short')).toBe('')
})

/** One link for each package: what npm writes into `node_modules` itself must not reach the workspace's. */
function linkModules(): void {
  const [from, to] = [join(workspaceRoot, 'node_modules'), join(copy, 'node_modules')]
  mkdirSync(to)
  for (const name of readdirSync(from).filter((one) => !one.startsWith('.') && one !== '@tidegauge'))
    symlinkSync(join(from, name), join(to, name))
}

async function plan(projects: string, bump: string, message: string): Promise<void> {
  const before = plans().length
  const args = [`--projects=${projects}`, `--message=${message}`, '--onlyTouched=false']
  assertDone('nx release plan', await nx('release', 'plan', bump, ...args))
  expect(plans()).toHaveLength(before + 1)
  await commit('docs: a plan')
}

function plans(): string[] {
  const folder = join(copy, '.nx/version-plans')
  return existsSync(folder) ? readdirSync(folder) : []
}

function manifest(name: string): PublishedManifest {
  return JSON.parse(read(`packages/${name}/package.json`)) as PublishedManifest
}

function read(path: string): string {
  return readFileSync(join(copy, path), 'utf8')
}

async function commit(message: string): Promise<void> {
  await git('add', '--all')
  await git('commit', '--quiet', '--no-verify', `--message=${message}`)
}

async function git(...args: string[]): Promise<string> {
  const outcome = await outcomeOf('git', args, copy, environment)
  assertDone(`git ${args[0]}`, outcome)
  return outcome.stdout.trim()
}
