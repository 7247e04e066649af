/** Generated misbehaving plugins and transports: the process lives, everything else is served, and health is true. */
import { createTidegauge, type Tidegauge } from '@tidegauge/core'
import { runs } from '@tidegauge/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prometheus } from '../../src/index.js'
import { ask } from '../security/support/ask.js'
import {
  misbehavingPlugin,
  misbehavingTransport,
  pluginOf,
  transportOf,
  type Misbehaving,
} from './support/misbehaving.js'

const formats = {
  text: 'text/plain;version=0.0.4',
  openmetrics: 'application/openmetrics-text;version=1.0.0',
  protobuf: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  json: 'application/json',
}
/** A pass of `collect` that cannot succeed. */
const failing: ReadonlySet<unknown> = new Set(['throws', 'throws null', 'rejects', 'hangs', 'answers late'])

interface Component {
  readonly name: string
  readonly state: string
}

/** Adds what can be added; the rest must be refused with an error of ours. */
function add(action: () => unknown): boolean {
  try {
    action()
    return true
  } catch (thrown) {
    expect((thrown as { code?: string }).code, String(thrown)).toMatch(/^REGISTRATION_|^OPTIONS_/)
    return false
  }
}

async function readPages(origin: string, accepted: ReadonlyMap<string, Misbehaving>): Promise<void> {
  const metrics = await Promise.all(
    Object.values(formats).map((accept) => ask(`${origin}/metrics`, { headers: { accept } })),
  )
  for (const { status, text } of metrics) {
    expect(status).toBe(200)
    expect(text).toContain('good_total')
  }
  const pages = await Promise.all(['/', '/-/healthy', '/-/ready'].map((path) => ask(origin + path)))
  expect(pages.map(({ status }) => status)).toEqual([200, 200, 200])
  const health = await ask(`${origin}/health`)
  const { plugins } = JSON.parse(health.text) as { plugins: Component[] }
  const stateOf = (name: string) => plugins.find((plugin) => plugin.name === name)?.state
  expect(stateOf('good')).toBe('up')
  for (const [name, { methods }] of accepted)
    if (failing.has(methods['collect'])) expect([name, stateOf(name)]).not.toEqual([name, 'up'])
  const isAllUp = !/"state": "(?!up")/.test(health.text)
  expect(health.status).toBe(isAllUp ? 200 : 503)
}

async function runHost(plugins: readonly Misbehaving[], transports: readonly Misbehaving[]): Promise<void> {
  const endpoint = prometheus({ port: 0 })
  const host: Tidegauge = createTidegauge({ tolerate: 'all', logger: 'silent', stopTimeoutMs: 400 })
  const instruments = { hits: { kind: 'counter', name: 'good_total', help: 'h' } } as const
  host.use({ name: 'good', version: '0.0.0', apiLevel: 1, instruments, collect: () => {} })
  host.export(endpoint)
  const accepted = new Map<string, Misbehaving>()
  const options = { timeoutMs: 60, maxAgeMs: 0 }
  for (const [i, spec] of plugins.entries())
    if (
      add(() =>
        host.use(
          pluginOf(spec, `bad-${'abc'[i]}`.replace('-', ''), () => host),
          options,
        ),
      )
    )
      accepted.set(`bad${'abc'[i]}`, spec)
  for (const [i, spec] of transports.entries())
    add(() => host.export(transportOf(spec, `out-${i}`, () => host)))
  await host.start()
  try {
    await readPages(new URL(endpoint.url!).origin, accepted)
  } finally {
    const fromMs = performance.now()
    await host.stop()
    expect(performance.now() - fromMs).toBeLessThan(5_000)
  }
  expect(host.state).toBe('stopped')
}

test(
  'the process lives, all else is served, and health is true, whatever plugins and transports do (issue 10)',
  { timeout: 3_000_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(misbehavingPlugin, { maxLength: 3 }),
        fc.array(misbehavingTransport, { maxLength: 2 }),
        runHost,
      ),
      { numRuns: runs(5) },
    )
  },
)

const fine = { start: 'is fine', flush: 'is fine', stop: 'is fine', describe: 'is fine' } as const

test.each(['rejects', 'describes the host'] as const)(
  'two transports whose describe() %s neither end nor hold the process (issue 10.14)',
  async (describe) => {
    const spec = { methods: { ...fine, describe }, field: 'name', brokenField: 'none' } as const
    await runHost([], [spec, spec])
  },
)
