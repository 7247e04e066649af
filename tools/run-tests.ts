/**
 * Runs Vitest over everything, in the rounds of `test-groups.ts`, and closes with one line that counts, for people and
 * for CI. Arguments go to Vitest: `node tools/run-tests.ts packages/core`.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { rounds } from './test-groups.ts'

interface Counts {
  readonly passed: number
  readonly failed: number
  readonly notRun: number
}

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tidegauge-tests-'))
const counts = { passed: 0, failed: 0, notRun: 0 }
let isGood = true

for (const lists of rounds) {
  let before = Promise.resolve()
  await Promise.all(
    lists.map((groups) => {
      const printed = before
      const { promise, resolve } = Promise.withResolvers<void>()
      before = promise
      return run(groups, printed).finally(resolve)
    }),
  )
}
rmSync(folder, { recursive: true, force: true })
const { passed, failed, notRun } = counts
if (notRun > 0) console.log(`\n${notRun} tests did not run: a test that cannot run has failed`)
console.log(`\n${passed} passed, ${failed + notRun} failed`)
process.exit(isGood && notRun === 0 && passed > 0 ? 0 : 1)

/** Runs some groups in one Vitest. Its output is held back until `printed`, so that lines of two do not mix. */
async function run(groups: readonly string[], printed: Promise<void>): Promise<void> {
  const results = join(folder, `${groups.join('-')}.json`)
  const args = ['run', ...groups.flatMap((group) => ['--project', group]), ...process.argv.slice(2)]
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
  const code = await new Promise<number>((resolve) => {
    const child = spawn('vitest', [...args, ...reporters, '--passWithNoTests'], {
      cwd: root,
      env: { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) print(stream, printed)
    child.on('error', () => resolve(1))
    child.on('close', (exitCode) => resolve(exitCode ?? 1))
  })
  await printed
  const read = readCounts(results)
  for (const key of ['passed', 'failed', 'notRun'] as const) counts[key] += read[key]
  if (code !== 0) isGood = false
}

/** Prints a stream: what comes before `printed` is kept until then. */
function print(stream: Readable, printed: Promise<void>): void {
  const kept: Buffer[] = []
  let isOpen = false
  stream.on('data', (data: Buffer) => {
    if (isOpen) process.stdout.write(data)
    else kept.push(data)
  })
  void printed.then(() => {
    isOpen = true
    for (const data of kept.splice(0)) process.stdout.write(data)
  })
}

/** A Vitest that wrote no results has failed. */
function readCounts(results: string): Counts {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(results, 'utf8'),
    )
    return { passed: numPassedTests, failed: numFailedTests, notRun: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 1, notRun: 0 }
  }
}
