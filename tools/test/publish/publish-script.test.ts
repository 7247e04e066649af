/** What `nx release publish` runs for each package, against a registry of our own. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workspaceRoot } from '../../workspace/graph.ts'
import { startRegistry, type Registry } from '../verdaccio.ts'
import { assertDone, outcomeOf, type Outcome } from './consumer.ts'

let registry: Registry
beforeAll(async () => {
  registry = await startRegistry()
})
afterAll(() => registry?.stop())

const published = async () => (await fetch(`${registry.url}@tidegauge%2fcore`)).status

test('a dry run sends nothing, a package is sent once, and a repeated run passes it over', async () => {
  const dry = await publish('--dryRun=true')
  assertDone('the dry run', dry)
  expect(dry.stdout).toMatch(/^\+ @tidegauge\/core@/m)
  expect(await published()).toBe(404)

  // provenance is made by CI; `npm publish` refuses without it unless an option says so
  const without = await publish()
  expect(without.code).not.toBe(0)
  expect(without.stderr).toContain('provenance')
  expect(await published()).toBe(404)

  assertDone('publishing', await publish('--provenance=false'))
  expect(await published()).toBe(200)

  const again = await publish('--provenance=false')
  assertDone('publishing again', again)
  expect(again.stdout).toMatch(/@tidegauge\/core@\S+ is published already/)
})

test('a registry that does not answer is no reason to believe that a package is new', async () => {
  const outcome = await outcomeOf(
    process.execPath,
    ['tools/release/publish.ts', 'packages/core', '--registry=http://127.0.0.1:9/', '--provenance=false'],
    workspaceRoot,
    { npm_config_fetch_retries: '0' },
  )
  expect(outcome.code).not.toBe(0)
  expect(outcome.stdout).not.toContain('+ @tidegauge/core')
})

function publish(...args: string[]): Promise<Outcome> {
  const token = `npm_config_//${new URL(registry.url).host}/:_authToken`
  return outcomeOf(
    process.execPath,
    ['tools/release/publish.ts', 'packages/core', `--registry=${registry.url}`, ...args],
    workspaceRoot,
    { [token]: 'nobody' },
  )
}
