import type { ComponentHealth, HealthReport, TransportContext } from '@tidegauge/core'

/** A small answer. */
export interface Page {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** What a page shows, apart from what the host knows. */
export interface PageOptions {
  readonly metricsPath: string
  /** What every link starts with: links are relative, so that a prefix or a proxy does not break them. */
  readonly linkBase: string
  /** Whether the reader may see texts of errors: they can have names of hosts and users. */
  readonly showsErrors: boolean
  /** Whether the changed files of the security settings cannot be used. */
  readonly hasWebConfigProblem: boolean
}

const HIDDEN_ERROR = 'only shown to authenticated readers; the log has it'

/** Writes one page. */
export type WritePage = (context: TransportContext, options: PageOptions) => Page

const pages = new Map<string, WritePage>([
  ['/', landingPage],
  ['/health', healthPage],
  ['/-/healthy', alivePage],
  ['/-/ready', readyPage],
])

/** The page at a path; undefined for the metrics and for unknown paths. */
export function findPage(path: string): WritePage | undefined {
  return pages.get(path)
}

/** The state of every plugin and transport; 503 when one of them is not up. */
function healthPage(context: TransportContext, { hasWebConfigProblem, showsErrors }: PageOptions): Page {
  const report = showsErrors ? context.health() : withoutErrors(context.health())
  const status = report.healthy ? 'ok' : 'degraded'
  const webConfigProblem = hasWebConfigProblem
    ? 'the changed settings are not used; the log says why'
    : undefined
  const body = `${JSON.stringify({ status, ...report, webConfigProblem }, null, 2)}\n`
  return { status: report.healthy ? 200 : 503, contentType: 'application/json; charset=utf-8', body }
}

function withoutErrors({ healthy, plugins, transports }: HealthReport): HealthReport {
  const hide = (component: ComponentHealth): ComponentHealth =>
    component.lastError === undefined ? component : { ...component, lastError: HIDDEN_ERROR }
  return { healthy, plugins: plugins.map(hide), transports: transports.map(hide) }
}

/** The process answers. */
function alivePage(context: TransportContext): Page {
  return plainPage(200, `${context.service.name} is alive.\n`)
}

/** The host has started and does not stop. */
function readyPage(context: TransportContext): Page {
  const { state } = context.describe()
  return state === 'running' ? plainPage(200, 'Ready.\n') : plainPage(503, `Not ready: ${state}.\n`)
}

/** Links to the other pages, and the state of all plugins and transports. */
function landingPage(context: TransportContext, { metricsPath, linkBase }: PageOptions): Page {
  const { service, plugins, transports } = context.describe()
  const rows = [
    ...plugins.map(({ name, version, state, labels }) => [`${name}${labelsText(labels)}`, version, state]),
    ...transports.map(({ name, version, state }) => [`transport ${name}`, version, state]),
  ]
  const table = rows
    .map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`)
    .join('\n')
  const title = escapeHtml(service.name)
  const link = (path: string, text: string) => `<a href="${escapeHtml(linkBase + path.slice(1))}">${text}</a>`
  const body = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}: metrics</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;padding:0 1rem}td{padding:.1rem 1.5rem .1rem 0}</style>
</head><body>
<h1>${title}</h1>
<p>Measured by Tidegauge.</p>
<ul>
<li>${link(metricsPath, 'Metrics')}</li>
<li>${link('/health', 'Health')}, ${link('/-/healthy', 'alive')}, ${link('/-/ready', 'ready')}</li>
</ul>
<table>
${table}
</table>
</body></html>
`
  return { status: 200, contentType: 'text/html; charset=utf-8', body }
}

/** One line of plain text. */
export function plainPage(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body }
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return pairs.length === 0 ? '' : ` {${pairs.join(', ')}}`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
