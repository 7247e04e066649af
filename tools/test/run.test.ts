/** What a visitor's first command does before anything is installed: the script itself, in an empty folder. */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { workspaceRoot } from '../workspace/graph.ts'

const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`
const lockfile = {
  name: 'visitor',
  lockfileVersion: 3,
  packages: {
    '': { name: 'visitor', dependencies: { 'not-there': '1.0.0' } },
    'node_modules/not-there': { version: '1.0.0', integrity },
  },
}

/** Starts the script with a registry of our own. */
function start(registry: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-run-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'tools'))
  mkdirSync(join(folder, 'node_modules'))
  copyFileSync(join(workspaceRoot, 'tools/run.mjs'), join(folder, 'tools/run.mjs'))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockfile))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'visitor', dependencies: { 'not-there': '1.0.0' } }),
  )
  const child = spawn(process.execPath, ['tools/run.mjs', 'start'], {
    cwd: folder,
    env: { ...process.env, npm_config_registry: registry, npm_config_cache: join(folder, 'cache') },
  })
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.on('data', (data) => (output += String(data)))
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, output })),
  )
  return { child, ended }
}

test('without a network it says so and ends, instead of trying for minutes (issue 10, 5)', async () => {
  const { ended } = start('http://127.0.0.1:9')
  const { code, output } = await ended
  expect(code).not.toBe(0)
  expect(output).toContain('It needs a network that reaches the npm registry')
})

test('Ctrl-C ends it while it installs (issue 10, 5)', async () => {
  const server = createServer()
  let hasAsked = false
  server.on('connection', () => (hasAsked = true))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { child, ended } = start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await expect.poll(() => hasAsked, { timeout: 20_000 }).toBe(true)
  child.kill('SIGINT')
  expect((await ended).code).toBe(130)
})
