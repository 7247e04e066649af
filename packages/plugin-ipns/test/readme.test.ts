import { readFileSync } from 'node:fs'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { createMemoryTransport, startTestHost } from '@tidegauge/testkit'
import { createHelia } from 'helia'
import { expect, it } from 'vitest'
import { supportedVersions } from '../src/helia/internals.js'
import { instruments, ipns } from '../src/index.js'
import { createPair, HOUR_MS, nameOf, value } from './support/nodes.js'
import { refreshed } from './support/series.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const programs = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, program]) => program)

/** Without peer discovery and services that would use the network. */
const loopback = {
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  peerDiscovery: [],
  services: { identify: identify(), ping: ping() },
}

/** What the program prints. It runs on loopback, with a transport and a `fetch` that open no port. */
async function run(program: string): Promise<string> {
  const memory = createMemoryTransport()
  const replaced: Record<string, unknown> = {
    helia: { createHelia: () => createHelia({ libp2p: loopback }) },
    '@tidegauge/plugin-ipns': await import('../src/index.js'),
    '@tidegauge/transport-prometheus': { prometheus: () => memory },
  }
  const body = program.replaceAll(
    /^import \{ (.*) \} from '(.*)'$/gm,
    (_, names: string, module: string) =>
      `const { ${names.replaceAll(' as ', ': ')} } = await load('${module}')`,
  )
  const lines: string[] = []
  const page = async () => JSON.stringify((await memory.scrape()).map(({ name }) => name))
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>
  await new AsyncFunction('load', 'fetch', 'console', body)(
    (module: string) => replaced[module] ?? import(module),
    () => Promise.resolve({ text: page }),
    { log: (line: string) => lines.push(line) },
  )
  return lines.join('\n')
}

it('has a program for Helia in the README that prints the metrics', async () => {
  expect(programs).toHaveLength(2)
  const printed = await run(programs[0])
  for (const { name } of Object.values(instruments)) expect(printed).toContain(`"${name}"`)
})

it('has a program for a recorder in the README that runs', async () => {
  expect(await run(programs[1])).toBe('')
})

it('exports what the README shows after two names were published and one was refreshed', async () => {
  const [a] = await createPair()
  const name = nameOf(a)
  const host = await startTestHost(ipns({ name }))
  await name.publish('long', value)
  await name.publish('short', value, { lifetime: HOUR_MS })
  name.start()
  await expect.poll(() => host.value(refreshed)).toBe(1)
  const values = await host.read()
  const shown = /```text\n([^`]+)```/.exec(readme)?.[1].trim().split('\n') ?? []
  expect(shown.length).toBeGreaterThan(8)
  for (const line of shown) {
    const [series, number] = [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]
    expect([series, Math.round(values.get(series) ?? Number.NaN)]).toEqual([series, number])
  }
})

it('lists every instrument and every option in the README', () => {
  for (const { name } of Object.values(instruments)) expect(readme).toContain(`\`${name}\``)
  const options = [
    'name',
    'helia',
    'republishIntervalMs',
    'recordsMaxAgeMs',
    'namespace',
    'maxNamespaces',
    'source',
  ]
  for (const option of options) expect(readme).toContain(`| \`${option}\``)
})

/** The package.json of a package: this one's, or one that is installed. */
function manifestOf(path: string): {
  readonly version: string
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
} {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
}

/** The numbers of a version, or of the oldest one in a range such as `^10.1.0`. */
const numbersOf = (version: string): number[] => version.replace('^', '').split('.').map(Number)

/** Whether a version is in a range such as `^10.1.0`. */
function isIn(version: string, range: string): boolean {
  const [[major, minor, patch], [ofMajor, ofMinor, ofPatch]] = [numbersOf(version), numbersOf(range)]
  return major === ofMajor && (minor > ofMinor || (minor === ofMinor && patch >= ofPatch))
}

it('has the versions that are measured in a table: those of package.json, which are installed (issue 10)', () => {
  const own = manifestOf('../package.json')
  const cells = (row: string): string[] => row.split('|').map((cell) => cell.trim())
  const rows = [...readme.matchAll(/^\| (\d.*) \|$/gm)].map(([, row]) => cells(row))
  const [, header = ''] = /^\| (This plugin .*) \|$/m.exec(readme) ?? []
  const names = cells(header.replaceAll('`', ''))
  expect(names).toEqual(['This plugin', ...Object.keys(supportedVersions), 'Result'])
  const release = own.version.split('.').slice(0, 2).join('.')
  const ranges = Object.values(supportedVersions).map((range) => `\`${range}\``)
  expect(rows.filter((row) => row.at(-1) === 'measured')).toEqual([[release, ...ranges, 'measured']])
  for (const row of rows) expect([row[0], row.length]).toEqual([release, names.length])
  expect(own.peerDependencies['@helia/ipns']).toBe(supportedVersions['@helia/ipns'])
  for (const [name, range] of Object.entries(supportedVersions)) {
    const { version } = manifestOf(`../../../node_modules/${name}/package.json`)
    expect(isIn(version, range), `${name} ${version} in ${range}`).toBe(true)
    expect(own.devDependencies[name], `${name} is tested`).toBeDefined()
  }
})
