#!/usr/bin/env node
// What `npm start`, `npm test`, `npm run test:long` and `npm run bench` do, on any Node.js from 20 on and with no
// dependency: install what is missing, then run the steps on the Node.js that the repository pins.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const stamp = join(root, 'node_modules', '.tidegauge-installed')
const isTerminal = process.stdout.isTTY === true
const paint = (code, text) => (isTerminal ? `\u001B[${code}m${text}\u001B[0m` : text)

const build = ['build', 'tsc', ['-b']]
const tests = (env = {}) => [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  build,
  ['types of tests', 'tsc', ['-p', 'tsconfig.tests.json']],
  ['lint', 'oxlint', ['--type-aware', '--quiet']],
  ['boundaries', 'node', ['tools/check-boundaries.ts']],
  ['generated files', 'node', ['tools/generate.ts', '--check']],
  ['tests', 'node', ['tools/run-tests.ts'], env],
]

const tasks = {
  start: [
    { ...quiet(build) },
    step(['swarm', 'node', ['examples/swarm/dist/main.js', ...process.argv.slice(3)]], true),
  ],
  test: tests().map((s) => step(s, s[0] === 'tests')),
  'test:long': tests({ TIDEGAUGE_LONG: '1' }).map((s) => step(s, s[0] === 'tests')),
  bench: [quiet(build), step(['bench', 'node', ['bench/run.ts', ...process.argv.slice(3)]], true)],
}

const task = tasks[process.argv[2]]
if (task === undefined) {
  console.error(`unknown task ${process.argv[2]}, expected one of ${Object.keys(tasks).join(', ')}`)
  process.exit(2)
}
const code = (await install()) || (await runAll(task))
process.exit(code)

function step([name, command, args, env = {}], isLoud = false) {
  return { name, command, args, env, isLoud }
}

function quiet(parts) {
  return step(parts, false)
}

async function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 0
  const npm = {
    name: 'install',
    command: 'npm',
    args: ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    env: {},
  }
  const failed = await runStep(npm, process.env.PATH)
  if (failed === 0) writeFileSync(stamp, wanted)
  return failed
}

async function runAll(steps) {
  for (const one of steps) {
    const failed = await runStep(one, `${bin}${delimiter}${process.env.PATH}`)
    if (failed !== 0) return failed
  }
  return 0
}

/** Runs one step. A quiet one shows a line when it is done, and what it printed only when it failed. */
function runStep({ name, command, args, env, isLoud }, path) {
  const from = performance.now()
  if (!isLoud) process.stdout.write(isTerminal ? `${paint(2, '…')} ${name}` : '')
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env, PATH: path, NX_DAEMON: 'false', NO_UPDATE_NOTIFIER: '1' },
    stdio: isLoud ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  let output = ''
  child.stdout?.on('data', (data) => (output += data))
  child.stderr?.on('data', (data) => (output += data))
  // Ctrl-C reaches the child too; it ends by itself, and so do we
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal))
  return new Promise((resolve) => {
    child.on('error', (error) => (output += String(error)))
    child.on('close', (exitCode, signal) => {
      const failed = exitCode ?? (signal === 'SIGINT' ? 130 : 1)
      if (!isLoud) tell(name, failed, performance.now() - from, output)
      resolve(failed)
    })
  })
}

function tell(name, failed, ms, output) {
  const mark = failed === 0 ? paint(32, '✓') : paint(31, '✗')
  process.stdout.write(
    `${isTerminal ? '\r\u001B[2K' : ''}${mark} ${name} ${paint(2, `${(ms / 1000).toFixed(1)} s`)}\n`,
  )
  if (failed !== 0) process.stdout.write(output)
}
