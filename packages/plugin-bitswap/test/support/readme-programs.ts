import { readFileSync } from 'node:fs'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { createMemoryTransport } from '@tidegauge/testkit'
import { createHelia } from 'helia'
import { vi } from 'vitest'
import { privateDht } from './dht-nodes.js'

export const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The blocks of the README in one language, in order. */
export function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text)
}

const imports = /^import \{ (.*) \} from '(.*)'$/gm

/** The modules that a program imports. */
export function modulesOf(program: string): string[] {
  return [...program.matchAll(imports)].map(([, , module]) => module)
}

/** On loopback, without peer discovery. */
const loopback = () => ({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  peerDiscovery: [],
  services: { identify: identify(), ping: ping(), dht: privateDht() },
})

/**
 * What a program prints, and what Tidegauge warns of. It runs on loopback, with a transport and a `fetch` that open no
 * port: the page has one line for each series.
 */
export async function run(
  program: string,
): Promise<{ readonly lines: string[]; readonly warnings: string[] }> {
  const memory = createMemoryTransport()
  const replaced: Record<string, unknown> = {
    helia: { createHelia: () => createHelia({ libp2p: loopback() }) },
    '@tidegauge/plugin-bitswap': await import('../../src/index.js'),
    '@tidegauge/transport-prometheus': { prometheus: () => memory },
  }
  const body = program.replaceAll(
    imports,
    (_, names: string, module: string) =>
      `const { ${names.replaceAll(' as ', ': ')} } = await load('${module}')`,
  )
  const lines: string[] = []
  const page = async () =>
    (await memory.scrape())
      .flatMap(({ name, series }) => series.map(({ value }) => `${name} ${value}`))
      .join('\n')
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await new AsyncFunction('load', 'fetch', 'console', body)(
    (module: string) => replaced[module] ?? import(module),
    () => Promise.resolve({ text: page }),
    { log: (line: string) => lines.push(line) },
  )
  const warnings = stderr.mock.calls
    .map(([text]) => String(text))
    .filter((text) => text.startsWith('tidegauge'))
  stderr.mockRestore()
  return { lines, warnings }
}
