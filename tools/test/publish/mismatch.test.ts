/** Versions that don't fit: what npm says, what core says, and what still works. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRegistry, type Registry } from '../verdaccio.ts'
import { assertDone, createConsumer, outcomeOf, publish, type Consumer } from './consumer.ts'
import { packAll } from './packed.ts'
import { replaceOnce } from './programs.ts'

let registry: Registry
let version: string
const consumers: Consumer[] = []
const work = mkdtempSync(join(tmpdir(), 'tidegauge-mismatch-'))

beforeAll(async () => {
  const [started, packed] = await Promise.all([startRegistry(), packAll()])
  registry = started
  const publisher = empty()
  const [core, transport] = ['core', 'transport-prometheus'].map((name) =>
    packed.packages.find(({ folder }) => folder === `packages/${name}`)!,
  )
  await Promise.all([core, transport].map(({ tarball }) => publish(publisher, tarball)))
  version = core.manifest.version
  await publish(publisher, await coreOfTomorrow(core.tarball), 'next')
  packed.remove()
})
afterAll(async () => {
  for (const { remove } of consumers) remove()
  rmSync(work, { recursive: true, force: true })
  await registry?.stop()
})

test('npm refuses a transport beside a core that its peer range does not take', async () => {
  const outcome = await empty({ dependencies: { '@tidegauge/core': '9.0.0' } }).install([
    '@tidegauge/transport-prometheus',
  ])
  expect(outcome.code).not.toBe(0)
  expect(outcome.stderr).toContain('ERESOLVE')
  expect(outcome.stderr).toMatch(/peer @tidegauge\/core@"\^[\d.]+" from @tidegauge\/transport-prometheus@/)
})

test('where npm was overruled, a core of another API level says who is too old', async () => {
  const consumer = empty()
  const specs = ['@tidegauge/core@9.0.0', '@tidegauge/transport-prometheus']
  assertDone('npm install', await consumer.install(specs, ['--legacy-peer-deps']))
  consumer.write({ 'host.mjs': mixed })
  const outcome = await consumer.run('host.mjs')
  assertDone('the host', outcome)
  expect(JSON.parse(outcome.stdout)).toEqual({
    code: 'REGISTRATION_API_LEVEL',
    message: expect.stringMatching(
      /^transport "prometheus" [\d.]+ was written for API level 1, @tidegauge\/core here has level 2; the transport is older than the core: update it$/,
    ),
  })
})

test('two copies of core in one process: a plugin of the other copy is served, errors keep their codes', async () => {
  const consumer = empty()
  const specs = [
    '@tidegauge/core',
    `other-core@npm:@tidegauge/core@${version}`,
    '@tidegauge/transport-prometheus',
  ]
  assertDone('npm install', await consumer.install(specs))
  consumer.write({ 'host.mjs': twoCopies })
  const outcome = await consumer.run('host.mjs')
  assertDone('the host', outcome)
  expect(JSON.parse(outcome.stdout)).toEqual({
    areCopies: true,
    isSameClass: false,
    codes: ['OPTIONS_INVALID', 'LIFECYCLE_LISTEN_FAILED'],
    line: 'other_starts_total 1',
  })
})

const mixed = `
import { createTidegauge } from '@tidegauge/core'
import { prometheus } from '@tidegauge/transport-prometheus'
try {
  await createTidegauge().export(prometheus({ port: 0 })).start()
} catch ({ code, message }) {
  console.log(JSON.stringify({ code, message }))
}
process.exit()
`

const twoCopies = `
import * as ours from '@tidegauge/core'
import * as other from 'other-core'
import { prometheus } from '@tidegauge/transport-prometheus'

const errorOf = async (action) => { try { await action() } catch (error) { return error } }
const plugin = other.definePlugin({
  name: 'other', version: '1.0.0', apiLevel: other.apiLevel,
  instruments: { starts: { kind: 'counter', name: 'other_starts_total', help: 'Starts' } },
  start: ({ instruments }) => instruments.starts.inc(),
})
const endpoint = prometheus({ port: 0 })
const host = ours.createTidegauge().use(plugin).export(endpoint)
await host.start()
const text = await (await fetch(endpoint.url)).text()
const port = Number(new URL(endpoint.url).port)
const options = await errorOf(() => prometheus({ port: 'x' }))
// this host is of the other copy, its transport throws an error of ours
const taken = await errorOf(() => other.createTidegauge().export(prometheus({ port })).start())
console.log(JSON.stringify({
  areCopies: ours.createTidegauge !== other.createTidegauge,
  isSameClass: options instanceof other.TidegaugeError,
  codes: [options.code, taken.code],
  line: text.split('\\n').find((line) => line.startsWith('other_')),
}))
process.exit()
`

function empty(manifest: object = {}): Consumer {
  const consumer = createConsumer(registry, manifest)
  consumers.push(consumer)
  return consumer
}

/** A later core: version 9, API level 2. */
async function coreOfTomorrow(tarball: string): Promise<string> {
  const folder = join(work, 'package')
  mkdirSync(folder, { recursive: true })
  assertDone('tar', await outcomeOf('tar', ['-xzf', tarball, '-C', work], work))
  edit(join(folder, 'package.json'), (text) => JSON.stringify({ ...JSON.parse(text), version: '9.0.0' }))
  edit(join(folder, 'dist/contract/plugin.js'), (text) => replaceOnce(text, 'apiLevel = 1', 'apiLevel = 2'))
  assertDone(
    'npm pack',
    await outcomeOf('npm', ['pack', '--ignore-scripts', `--pack-destination=${work}`], folder),
  )
  return join(work, 'tidegauge-core-9.0.0.tgz')
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}
