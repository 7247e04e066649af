import type { TestHost } from './host.js'

/** The series that the tests ask for, without `libp2p_ipns_`. */
export const refreshed = 'refresh_total{namespace="ipns",result="success"}'
export const refreshFailed = 'refresh_total{namespace="ipns",result="failure"}'
export const published = 'publish_total{namespace="ipns",result="success"}'
export const publishFailed = 'publish_total{namespace="ipns",result="failure"}'
export const active = 'namespace_records{namespace="ipns",state="active"}'
export const backoff = 'namespace_records{namespace="ipns",state="backoff"}'
export const tracked = 'records_total{state="tracked"}'
export const overdue = 'records_total{state="overdue"}'
export const running = 'republisher_running'
export const runsMade = 'republisher_runs_total{result="success"}'
export const runsFailed = 'republisher_runs_total{result="failure"}'
export const nextAttempt = 'next_attempt_seconds{namespace="ipns"}'
export const lastSuccess = 'last_event_unix{namespace="ipns",event="success"}'
export const lastFailure = 'last_event_unix{namespace="ipns",event="failure"}'

/** Several series after one collect pass. */
export async function valuesOf(host: TestHost, ...series: string[]): Promise<(number | undefined)[]> {
  const values = await host.read()
  return series.map((one) => values.get(`libp2p_ipns_${one}`))
}

export function putsOf(router: string, result: 'success' | 'failure'): string {
  return `router_puts_total{router="${router}",result="${result}"}`
}
