import { BoundedNames } from '@tidegauge/attach'
import type { Handles, LogOnce, PluginContext } from '@tidegauge/core'
import { results, type instruments } from './metrics.js'
import { addTotals } from './refreshes/result-counts.js'
import type { ByName, IpnsSnapshot, RecordCounts, RefreshTotals } from './source.js'

type To = Handles<typeof instruments>

/** How many routers get their own series; a node has a handful. */
const MAX_ROUTERS = 50

/** Returns the function that writes snapshots into the instruments. It keeps the names that have their own series. */
export function createReport(
  maxNamespaces: number,
  logOnce: LogOnce,
): (snapshot: IpnsSnapshot, to: To, context: Pick<PluginContext, 'clock'>) => void {
  const namespaces = new BoundedNames({
    max: maxNamespaces,
    what: 'namespaces',
    option: 'maxNamespaces',
    logOnce,
  })
  const routerNames = new BoundedNames({ max: MAX_ROUTERS, what: 'routers', logOnce })
  return ({ records, refreshes, publishes, routers, republisher }, to, { clock }) => {
    if (records !== undefined) reportRecords(mergeByName(records, namespaces, mergeCounts), clock.now(), to)
    reportRefreshes(mergeByName(refreshes ?? {}, namespaces, mergeTotals), to)
    for (const [namespace, totals] of mergeByName(publishes ?? {}, namespaces, mergeTotals))
      for (const result of results) to.publishes.setTotal({ namespace, result }, totals[result])
    for (const [router, totals] of mergeByName(routers ?? {}, routerNames, mergeTotals))
      for (const result of results) to.routerPuts.setTotal({ router, result }, totals[result])
    const { isRunning, runs } = republisher ?? {}
    if (isRunning !== undefined) to.republisherRunning.set(isRunning ? 1 : 0)
    if (runs !== undefined)
      for (const result of results) to.republisherRuns.setTotal({ result }, runs[result])
  }
}

function reportRecords(byNamespace: ReadonlyMap<string, RecordCounts>, nowMs: number, to: To): void {
  let tracked = 0
  let overdue = 0
  for (const [namespace, counts] of byNamespace) {
    tracked += counts.active + counts.backoff
    overdue += counts.overdue
    to.namespaceRecords.set({ namespace, state: 'active' }, counts.active)
    to.namespaceRecords.set({ namespace, state: 'backoff' }, counts.backoff)
    // a run that starts late is 0 seconds away, not in the past
    if (counts.nextAttemptMs !== undefined)
      to.nextAttempt.set({ namespace }, Math.max(0, (counts.nextAttemptMs - nowMs) / 1000))
  }
  to.records.set({ state: 'tracked' }, tracked)
  to.records.set({ state: 'overdue' }, overdue)
}

function reportRefreshes(byNamespace: ReadonlyMap<string, RefreshTotals>, to: To): void {
  for (const [namespace, totals] of byNamespace) {
    for (const result of results) to.refreshes.setTotal({ namespace, result }, totals[result])
    const { lastSuccessMs, lastFailureMs } = totals
    if (lastSuccessMs !== undefined) to.lastEvent.set({ namespace, event: 'success' }, lastSuccessMs / 1000)
    if (lastFailureMs !== undefined) to.lastEvent.set({ namespace, event: 'failure' }, lastFailureMs / 1000)
  }
}

/** The values by exported name; those that share the name `other` are merged. */
function mergeByName<T>(
  values: ByName<T>,
  names: BoundedNames,
  merge: (a: T, b: T) => T,
): ReadonlyMap<string, T> {
  const merged = new Map<string, T>()
  for (const [ownName, value] of Object.entries(values)) {
    const name = names.nameOf(ownName)
    const known = merged.get(name)
    merged.set(name, known === undefined ? value : merge(known, value))
  }
  return merged
}

function mergeTotals(a: RefreshTotals, b: RefreshTotals): RefreshTotals {
  const sum = { ...a }
  addTotals(sum, b)
  return sum
}

function mergeCounts(a: RecordCounts, b: RecordCounts): RecordCounts {
  const nextAttemptMs = Math.min(a.nextAttemptMs ?? Infinity, b.nextAttemptMs ?? Infinity)
  return {
    active: a.active + b.active,
    backoff: a.backoff + b.backoff,
    overdue: a.overdue + b.overdue,
    ...(nextAttemptMs < Infinity && { nextAttemptMs }),
  }
}
