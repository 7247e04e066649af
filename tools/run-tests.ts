/** Runs Vitest over everything and closes with one line that counts, for people and for CI. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tidegauge-tests-'))
const results = join(folder, 'results.json')
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]

const code = await new Promise<number>((resolve) => {
  const child = spawn('vitest', ['run', ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
  })
  child.on('error', () => resolve(1))
  child.on('close', (exitCode) => resolve(exitCode ?? 1))
})

const { passed, failed, notRun } = read()
rmSync(folder, { recursive: true, force: true })
if (notRun > 0) console.log(`\n${notRun} tests did not run: a test that cannot run has failed`)
console.log(`\n${passed} passed, ${failed + notRun} failed`)
process.exit(code !== 0 || notRun > 0 || passed === 0 ? 1 : 0)

function read(): { passed: number; failed: number; notRun: number } {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(results, 'utf8'),
    )
    return { passed: numPassedTests, failed: numFailedTests, notRun: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 1, notRun: 0 }
  }
}
