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
  for (const { tarball } of packed.packages) await publish(consumer, tarball)
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

  test("the root README's plugin counts what its queue does", async () => {
    const outcome = await consumer.run(`plugin.${ending}`)
    assertDone('the plugin', outcome)
    const ofQueue = outcome.stdout
      .split('\n')
      .filter((line) => line.startsWith('queue_') && !line.includes('le='))
    expect(ofQueue).toEqual([
      'queue_jobs_total{outcome="done"} 2',
      'queue_jobs_total{outcome="failed"} 1',
      'queue_waiting_jobs{queue="mail"} 3',
      'queue_job_duration_seconds_sum 1.75',
      'queue_job_duration_seconds_count 3',
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
  const scrape = `console.log(await (await fetch('http://127.0.0.1:${port}/metrics')).text())`
  let code = blockWith('README.md', "from '@tidegauge/plugin-libp2p'")
  code = replaceOnce(code, 'port: 9464', `port: ${port}`)
  code = replaceOnce(code, 'await tidegauge.stop()', `${scrape}\nawait tidegauge.stop()`)
  return `${code}\nawait node.stop()\n`
}

async function shortest(): Promise<string> {
  const code = blockWith('packages/transport-prometheus/README.md', 'app_starts_total')
  return `${replaceOnce(code, 'port: 9464', `port: ${await freePort()}`)}\nprocess.exit()\n`
}

function statsd(): string {
  const code = blockWith('packages/transport-statsd/README.md', 'udp://127.0.0.1:8125')
  return replaceOnce(code, '127.0.0.1:8125', `127.0.0.1:${receiver.address().port}`)
}

/** Adds the queue and the host that the README leaves to its reader. */
function plugin(): string {
  return `
import { EventEmitter as Emitter } from 'node:events'
import { createTidegauge } from '@tidegauge/core'
import { prometheus } from '@tidegauge/transport-prometheus'
${blockWith('README.md', 'export function jobQueue')}
const queue = Object.assign(new Emitter(), { lengths: () => new Map([['mail', 3]]) })
const endpoint = prometheus({ port: 0 })
const tidegauge = createTidegauge().use(jobQueue(queue)).export(endpoint)
await tidegauge.start()
queue.emit('end', { seconds: 0.25 })
queue.emit('end', { seconds: 1 })
queue.emit('end', { seconds: 0.5, error: new Error('no') })
console.log(await (await fetch(endpoint.url!)).text())
await tidegauge.stop()
`
}
