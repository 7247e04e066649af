/** A real Prometheus scrapes the endpoint, and has the values that were recorded. */
import { execFile } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'
import { startPrometheus, type PrometheusServer } from '../support/prometheus-server.js'
import { everyKind, recordEveryKind } from '../support/every-kind.js'
import { parseExposition } from '../support/parse-exposition.js'
import { startPages } from '../support/start-pages.js'
import { debianProgram } from '@tidegauge/testkit'

let server: PrometheusServer | undefined
afterEach(() => server?.stop())

const values = [
  'plain',
  'a"b\\c\nd',
  'ünï 💧',
  ' ',
  '\u2028\r\t',
  '{}=,"',
  '\uFEFFbom',
  '__proto__',
  'x'.repeat(5_000),
]

describe('a real Prometheus', () => {
  // by default it requests OpenMetrics
  test.each(['openmetrics', 'text'])(
    'scrapes %s without an error, and has every value as it was recorded',
    async (format) => {
      const table = {
        ...everyKind,
        level: { kind: 'gauge', name: 'level', help: 'h', labels: { value: {} } },
      } as const
      const { instruments, origin, get, transport } = await startPages(table)
      recordEveryKind(instruments)
      for (const [i, value] of values.entries()) instruments.level.set({ value }, i + 0.5)
      let target = new URL(origin).host
      if (format === 'text') target = await textOnly(transport.url!)
      server = await startPrometheus({ target })
      await server.scraped()
      expect((await server.target()).lastError).toBe('')
      const { text } = await get(
        '/metrics',
        format === 'text' ? {} : { accept: 'application/openmetrics-text;version=1.0.0' },
      )
      const samples = parseExposition(text, format as 'text').flatMap((family) => family.samples)
      const stored = new Map<string, string>()
      for (const { metric, value } of await server.query('{job="tidegauge"}')) {
        const { __name__: name, ...labels } = metric
        stored.set(seriesKey(name, labels), value)
      }
      for (const { name, labels, value } of samples) {
        const key = seriesKey(name, labels)
        expect(stored.has(key), key).toBe(true)
        expect(Number(stored.get(key)!.replace('Inf', 'Infinity'))).toBe(value)
      }
      const scraped = await server.query('scrape_samples_scraped')
      expect(Number(scraped[0].value)).toBe(samples.length)
    },
  )

  test('keeps exemplars from OpenMetrics', async () => {
    const { instruments, origin } = await startPages(everyKind)
    recordEveryKind(instruments)
    server = await startPrometheus({ target: new URL(origin).host, features: ['exemplar-storage'] })
    await server.scraped()
    const exemplars = await server.api(
      `/api/v1/query_exemplars?query=app_requests_total&start=1699999990&end=1700000100`,
    )
    expect(exemplars).toMatchObject([
      { exemplars: [{ labels: { trace_id: 'abc' }, value: '3', timestamp: 1_700_000_000.5 }] },
    ])
  })

  test('promtool has no complaint about names that follow the rules', async () => {
    const { instruments, get } = await startPages(everyKind, { host: { selfMetrics: 'on' } })
    recordEveryKind(instruments)
    const complaints = (await check((await get()).text)).filter((line) => !line.startsWith('app_bytes '))
    expect(complaints).toEqual([])
  })
})

/** The identity of a series, without labels that Prometheus adds and empty ones, which it does not store. */
function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).filter(
    (label) => !['job', 'instance'].includes(label) && labels[label] !== '',
  )
  return JSON.stringify([
    name,
    ...names.toSorted((a, b) => (a < b ? -1 : 1)).map((label) => [label, labels[label]]),
  ])
}

/** The lines that `promtool check metrics` prints for a text. */
async function check(text: string): Promise<string[]> {
  const promtool = await debianProgram('promtool', 'prometheus')
  return new Promise((resolve) => {
    const child = execFile(promtool, ['check', 'metrics'], (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.split('\n').filter((line) => line !== '')),
    )
    child.stdin!.end(text)
  })
}

/** A proxy in front of the target that always requests text. */
async function textOnly(url: string): Promise<string> {
  const { createServer } = await import('node:http')
  const { onTestFinished } = await import('vitest')
  const proxy = createServer(async (_, response) => {
    const answer = await fetch(url, { headers: { accept: 'text/plain' } })
    response.setHeader('content-type', answer.headers.get('content-type')!)
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const { port } = proxy.address() as { port: number }
  return `127.0.0.1:${port}`
}
