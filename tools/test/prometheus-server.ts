/** A real Prometheus for tests. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { debianProgram } from '@tidegauge/testkit'

export interface PrometheusServer {
  /** Evaluates an instant query; each result is the sample's labels and its value as text. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: string; timestamp: number }[]>
  /** What Prometheus says of its one target. */
  target(): Promise<{ health: string; lastError: string; lastScrape: string }>
  /** Waits for a scrape that began after this call and went well. */
  scraped(): Promise<void>
  /** What a scrape that began after this call gave: the error, or every sample that it stored. */
  scrapedSamples(): Promise<{
    lastError: string
    samples: { name: string; labels: Record<string, string>; value: number }[]
  }>
  api(path: string): Promise<any>
  /** Everything that it logged. */
  log(): string
  stop(): Promise<void>
}

export interface PrometheusServerOptions {
  readonly target: string
  readonly metricsPath?: string
  readonly params?: Readonly<Record<string, readonly string[]>>
  readonly features?: readonly string[]
  readonly intervalMs?: number
}

export async function startPrometheus(options: PrometheusServerOptions): Promise<PrometheusServer> {
  const program = await debianProgram('prometheus')
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-prometheus-'))
  const port = await freePort()
  const intervalMs = options.intervalMs ?? 500
  const job = {
    job_name: 'tidegauge',
    metrics_path: options.metricsPath ?? '/metrics',
    scrape_interval: `${intervalMs}ms`,
    scrape_timeout: `${intervalMs}ms`,
    ...(options.params && { params: options.params }),
    static_configs: [{ targets: [options.target] }],
  }
  // JSON is YAML
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({ scrape_configs: [job] }))
  const features = options.features?.length ? [`--enable-feature=${options.features.join(',')}`] : []
  const child = spawn(
    program,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...features,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  child.stderr.on('data', (data) => (log += String(data)))
  const api = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    const body = (await response.json()) as { status: string; data: any; error?: string }
    if (body.status !== 'success') throw new Error(`Prometheus refused ${path}: ${body.error}`)
    return body.data
  }
  const target = async () => (await api('/api/v1/targets')).activeTargets[0]
  await until(
    async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok,
    () => log,
  )
  return {
    api,
    target,
    log: () => log,
    scraped: async () => {
      const from = Date.now()
      const fresh = async () => {
        const { lastScrape, health } = await target()
        return health === 'up' && Date.parse(lastScrape) > from
      }
      await until(fresh, () => log)
    },
    scrapedSamples: async () => {
      const from = Date.now()
      let seen = await target()
      await until(
        async () => Date.parse((seen = await target()).lastScrape) > from,
        () => log,
      )
      const at = Date.parse(seen.lastScrape) / 1000
      const { result } = await api(
        `/api/v1/query?query=${encodeURIComponent('{job="tidegauge"}')}&time=${at + 0.15}`,
      )
      return { lastError: seen.lastError, samples: result.flatMap(samplesOfResult) }
    },
    query: async (expression) => {
      const data = await api(`/api/v1/query?query=${encodeURIComponent(expression)}`)
      return data.result.map(({ metric, value: [timestamp, value] }: any) => ({ metric, value, timestamp }))
    },
    stop: async () => {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A stored series as samples; a native histogram as its sum, count and whole. */
function samplesOfResult({ metric, value, histogram }: any) {
  const { __name__: name, job: _, instance: __, ...labels } = metric
  const number = (text: string) => Number(text.replace('Inf', 'Infinity'))
  if (histogram === undefined) return [{ name, labels, value: number(value[1]) }]
  const { sum, count } = histogram[1]
  return [
    { name: `${name}_sum`, labels, value: number(sum) },
    { name: `${name}_count`, labels, value: number(count) },
    { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: number(count) },
  ]
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function until(
  isSo: () => Promise<boolean>,
  log: () => string,
  patienceMs = 30_000,
): Promise<void> {
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(50))
    if (await isSo().catch(() => false)) return
  throw new Error(`a server did not come to it in time:\n${log()}`)
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  await ended
}
