/** A real Prometheus for tests. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { debianProgram } from '@tidegauge/testkit'
import { freePort, stopProcess, untilReady } from './processes.js'

export interface PrometheusServer {
  /** Evaluates an instant query; each result is the sample's labels and its value as text. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: string; timestamp: number }[]>
  /** What Prometheus reports about its one target. */
  target(): Promise<{ health: string; lastError: string; lastScrape: string }>
  /** Waits for a successful scrape that starts after this call. */
  scraped(): Promise<void>
  /** The result of a scrape that starts after this call: the error, and every sample that was stored. */
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
  await untilReady(
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
      await untilReady(fresh, () => log)
    },
    scrapedSamples: async () => {
      const from = Date.now()
      let seen = await target()
      await untilReady(
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
      await stopProcess(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A stored series as samples. A native histogram becomes its sum, its count and its bucket `+Inf`. */
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
