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

const build = step('build', 'tsc', ['-b'])
const forwarded = process.argv.slice(3)

// a task is a list of stages; the steps of a stage run side by side, and the next stage starts when all have passed
const tests = (env = {}) => [
  [
    step('format', 'prettier', [
      '--check',
      '--cache',
      '--cache-strategy',
      'content',
      '--log-level',
      'warn',
      '.',
    ]),
    build,
    step('boundaries', 'node', ['tools/check-boundaries.ts']),
    step('words', 'node', ['tools/check-words.ts']),
  ],
  // these read what was built
  [
    step('types of tests', 'tsc', ['-p', 'tsconfig.tests.json']),
    step('lint', 'oxlint', ['--type-aware', '--quiet']),
    step('generated files', 'node', ['tools/generate.ts', '--check']),
  ],
  [step('tests', 'node', ['tools/run-tests.ts', ...forwarded], { env, isLoud: true })],
]

const tasks = {
  start: [[build], [step('swarm', 'node', ['examples/swarm/dist/main.js', ...forwarded], { isLoud: true })]],
  test: tests(),
  'test:long': tests({ TIDEGAUGE_LONG: '1' }),
  bench: [[build], [step('bench', 'node', ['bench/run.ts', ...forwarded], { isLoud: true })]],
}

const children = new Map()
// Ctrl-C reaches the children too; they end by themselves, and so do we. npm does not while it waits for the network
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    for (const [child, { isAbandoned }] of children) child.kill(isAbandoned ? 'SIGKILL' : signal)
  })

const task = tasks[process.argv[2]]
if (task === undefined) {
  console.error(`unknown task ${process.argv[2]}, expected one of ${Object.keys(tasks).join(', ')}`)
  process.exit(2)
}
process.exit((await install()) || (await runAll(task)))

function step(name, command, args, { env = {}, isLoud = false, isAbandoned = false } = {}) {
  return { name, command, args, env, isLoud, isAbandoned }
}

async function install() {
  const required = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === required) return 0
  // a terminal sees npm's own progress; without a network it ends after seconds, not after npm's minutes
  const limits = ['--fetch-retries=2', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000']
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error', ...limits]
  if (isTerminal) console.log('Installing what is missing, once; this takes about half a minute.')
  const code = await runStage(
    [step('install', 'npm', args, { isLoud: isTerminal, isAbandoned: true })],
    process.env.PATH,
  )
  if (code === 0) writeFileSync(stamp, required)
  else if (code !== 130)
    console.error(
      'The install failed. It needs a network that reaches the npm registry; npm says above what it missed.',
    )
  return code
}

async function runAll(stages) {
  for (const steps of stages) {
    const code = await runStage(steps, `${bin}${delimiter}${process.env.PATH}`)
    if (code !== 0) return code
  }
  return 0
}

/** Runs steps side by side. Returns the exit code of one that failed, or 0. */
async function runStage(steps, path) {
  const running = new Set(steps.filter(({ isLoud }) => !isLoud).map(({ name }) => name))
  showRunning(running)
  const codes = await Promise.all(steps.map((one) => runStep(one, path, running)))
  return codes.find((code) => code !== 0) ?? 0
}

/** Runs one step. A quiet one shows a line when it is done, and what it printed only when it failed. */
function runStep({ name, command, args, env, isLoud, isAbandoned }, path, running) {
  const startMs = performance.now()
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env, PATH: path, NX_DAEMON: 'false', NO_UPDATE_NOTIFIER: '1' },
    stdio: isLoud ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  children.set(child, { isAbandoned })
  let output = ''
  child.stdout?.on('data', (data) => (output += data))
  child.stderr?.on('data', (data) => (output += data))
  return new Promise((resolve) => {
    child.on('error', (error) => (output += String(error)))
    child.on('close', (exitCode, signal) => {
      children.delete(child)
      const code = exitCode ?? (signal === 'SIGINT' || signal === 'SIGKILL' ? 130 : 1)
      running.delete(name)
      if (!isLoud) reportStep(name, code, performance.now() - startMs, output)
      showRunning(running)
      resolve(code)
    })
  })
}

function reportStep(name, code, ms, output) {
  const mark = code === 0 ? paint(32, '✓') : paint(31, '✗')
  process.stdout.write(
    `${clearLine()}${mark} ${name} ${paint(2, `${(ms / 1000).toFixed(1)} s`)}\n${code === 0 ? '' : output}`,
  )
}

/** On a terminal, the last line names the steps that run. */
function showRunning(running) {
  if (isTerminal && running.size > 0)
    process.stdout.write(`${clearLine()}${paint(2, '…')} ${[...running].join(', ')}`)
}

function clearLine() {
  return isTerminal ? '\r\u001B[2K' : ''
}
