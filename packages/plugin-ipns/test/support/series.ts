import type { TestHost } from '@tidegauge/testkit'

/** The series that the tests read. */
export const refreshed = 'libp2p_ipns_refresh_total{namespace="ipns",result="success"}'
export const refreshFailed = 'libp2p_ipns_refresh_total{namespace="ipns",result="failure"}'
export const published = 'libp2p_ipns_publish_total{namespace="ipns",result="success"}'
export const publishFailed = 'libp2p_ipns_publish_total{namespace="ipns",result="failure"}'
export const active = 'libp2p_ipns_namespace_records{namespace="ipns",state="active"}'
export const backoff = 'libp2p_ipns_namespace_records{namespace="ipns",state="backoff"}'
export const tracked = 'libp2p_ipns_records_total{state="tracked"}'
export const overdue = 'libp2p_ipns_records_total{state="overdue"}'
export const running = 'libp2p_ipns_republisher_running'
export const runsMade = 'libp2p_ipns_republisher_runs_total{result="success"}'
export const runsFailed = 'libp2p_ipns_republisher_runs_total{result="failure"}'
export const nextAttempt = 'libp2p_ipns_next_attempt_seconds{namespace="ipns"}'
export const lastSuccess = 'libp2p_ipns_last_event_unix{namespace="ipns",event="success"}'
export const lastFailure = 'libp2p_ipns_last_event_unix{namespace="ipns",event="failure"}'

/** Several series after one collect pass. */
export async function valuesOf(host: TestHost, ...series: string[]): Promise<(number | undefined)[]> {
  const values = await host.read()
  return series.map((one) => values.get(one))
}

export function putsOf(router: string, result: 'success' | 'failure'): string {
  return `libp2p_ipns_router_puts_total{router="${router}",result="${result}"}`
}

/** State and last error of the only plugin. */
export function healthOf(host: TestHost): { readonly state: string; readonly lastError?: string } {
  return host.tidegauge.health().plugins[0]
}
