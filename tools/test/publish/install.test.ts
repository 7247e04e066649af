/** What a user gets: the published packages, installed in an empty project from a registry. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { startRegistry, type Registry } from '../verdaccio.ts'
import { assertDone, createConsumer, publish, type Consumer } from './consumer.ts'
import { packAll } from './packed.ts'
import { blockWith, outputAfter, replaceOnce, toCommonJs, toModule } from './programs.ts'

let registry: Registry
let consumer: Consumer
let programs: Record<string, string>
let receiver: Socket

beforeAll(async () => {
  receiver = createSocket('udp4').bind(0, '127.0.0.1')
  await once(receiver, 'listening')
  const [started, packed] = await Promise.all([startRegistry(), packAll()])
  registry = started
  consumer = createConsumer(registry)
  await Promise.all(packed.packages.map(({ tarball }) => publish(consumer, tarball)))
  packed.remove()
  const ours = packed.packages.map(({ manifest }) => manifest.name)
  assertDone('npm install', await consumer.install([...ours, 'libp2p@^3', '@types/node@^24']))
  programs = { host: await host(), shortest: await shortest(), statsd: statsd(), plugin: plugin() }
  for (const [name, code] of Object.entries(programs))
    consumer.write({
      [`${name}.mts`]: code,
      [`${name}.mjs`]: toModule(code),
      [`${name}.cjs`]: toCommonJs(code),
    })
})
afterAll(async () => {
  receiver?.close()
  consumer?.remove()
  await registry?.stop()
})

describe.each(['mjs', 'cjs'])("the README's programs as .%s", (ending) => {
  test("the root README's host measures a real node and serves it", async () => {
    const outcome = await consumer.run(`host.${ending}`)
    assertDone('the host', outcome)
    expect(outcome.stdout).toContain('tidegauge_plugin_up{plugin="libp2p"} 1\n')
    expect(outcome.stdout).toContain('libp2p_connection_manager_connections{state="inbound"} 0\n')
  })

  test("core's README has a plugin that counts what its queue does", async () => {
    const outcome = await consumer.run(`plugin.${ending}`)
    assertDone('the plugin', outcome)
    expect(outcome.stdout.split('\n').filter((line) => /^queue_(size|jobs_total)/.test(line))).toEqual([
      'queue_size{priority="high"} 1',
      'queue_size{priority="low"} 3',
      'queue_jobs_total{outcome="done"} 2',
      'queue_jobs_total{outcome="failed"} 0',
    ])
  })

  test("the transport README's shortest program prints the output that the README shows", async () => {
    const outcome = await consumer.run(`shortest.${ending}`)
    assertDone('the shortest program', outcome)
    expect(outcome.stdout).toContain(
      outputAfter('packages/transport-prometheus/README.md', '## Example output'),
    )
  })

  test("the StatsD transport README's program sends the line that the README shows", async () => {
    const received: string[] = []
    const listener = (datagram: Buffer): void => void received.push(...datagram.toString().split('\n'))
    receiver.on('message', listener)
    assertDone('the StatsD program', await consumer.run(`statsd.${ending}`))
    const shown = outputAfter('packages/transport-statsd/README.md', '## Example output').trim()
    await expect.poll(() => received).toContain(shown)
    receiver.off('message', listener)
  })
})

describe.each([
  ['nodenext', { module: 'nodenext' }],
  ['bundler', { module: 'preserve', moduleResolution: 'bundler' }],
])('TypeScript with module resolution %s', (name, options) => {
  test('takes every program, and our declarations without skipLibCheck', async () => {
    consumer.write({
      'api.mts': "export * from '@tidegauge/core'\nexport * from '@tidegauge/testkit'\n",
      'api.cts': "import core = require('@tidegauge/core')\nexport const level: number = core.apiLevel\n",
      [`tsconfig.${name}.json`]: JSON.stringify({
        compilerOptions: {
          ...options,
          target: 'es2024',
          strict: true,
          noEmit: true,
          types: ['node'],
          skipLibCheck: false,
        },
        files: [...Object.keys(programs).map((program) => `${program}.mts`), 'api.mts', 'api.cts'],
      }),
    })
    const { stdout, code } = await consumer.tsc(`tsconfig.${name}.json`)
    expect(stdout).toBe('')
    expect(code).toBe(0)
  })
})

/** Scrapes before it stops, and lets the process end. */
async function host(): Promise<string> {
  const port = await freePort()
  const code = blockWith('README.md', "from '@tidegauge/plugin-libp2p'")
  return `${replaceOnce(code, 'port: 9464', `port: ${port}`)}
console.log(await (await fetch('http://127.0.0.1:${port}/metrics')).text())
await tidegauge.stop()
await node.stop()
`
}

async function shortest(): Promise<string> {
  const code = blockWith('packages/transport-prometheus/README.md', 'app_starts_total')
  return replaceOnce(code, 'port: 9464', `port: ${await freePort()}`)
}

function statsd(): string {
  const code = blockWith('packages/transport-statsd/README.md', 'app_starts_total')
  return replaceOnce(code, '127.0.0.1:8125', `127.0.0.1:${receiver.address().port}`)
}

/** Adds the queue and the host that the README leaves to its reader. */
function plugin(): string {
  return `
import { EventEmitter as Emitter } from 'node:events'
import { createTidegauge } from '@tidegauge/core'
import { prometheus } from '@tidegauge/transport-prometheus'
${blockWith('packages/core/README.md', 'export function queuePlugin')}
const queue = Object.assign(new Emitter(), { sizes: async () => ({ high: 1, low: 3 }) })
const endpoint = prometheus({ port: 0 })
const tidegauge = createTidegauge().use(queuePlugin(queue)).export(endpoint)
await tidegauge.start()
queue.emit('done', 'a')
queue.emit('done', 'b')
console.log(await (await fetch(endpoint.url!)).text())
await tidegauge.stop()
`
}
