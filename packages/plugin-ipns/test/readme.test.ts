import { readFileSync } from 'node:fs'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { createMemoryTransport, startTestHost } from '@tidegauge/testkit'
import { createHelia } from 'helia'
import { expect, it } from 'vitest'
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
