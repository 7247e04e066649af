import type { Handles } from '@tidegauge/core'
import { results, type instruments } from './metrics.js'
import type { NamespaceBook } from './namespaces.js'
import type { IpnsSnapshot, RecordFigures, RefreshFigures, ResultTotals } from './source.js'

type To = Handles<typeof instruments>

/** What a report needs beside the snapshot. */
export interface ReportSettings {
  readonly namespaces: NamespaceBook
  /** Router names are bounded in the same way. */
  readonly routers: NamespaceBook
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number
}

/** Tells one snapshot. */
export function reportSnapshot(snapshot: IpnsSnapshot, settings: ReportSettings, to: To): void {
  const { records, refreshes, publishes, routers, republisher } = snapshot
  const { namespaces, nowMs } = settings
  if (records !== undefined) reportRecords(namespaces.fold(records, addRecords), nowMs, to)
  if (refreshes !== undefined) reportRefreshes(namespaces.fold(refreshes, addRefreshes), to)
  for (const [namespace, totals] of namespaces.fold(publishes ?? {}, addTotals))
    for (const result of results) to.publishes.setTotal({ namespace, result }, totals[result])
  for (const [router, totals] of settings.routers.fold(routers ?? {}, addTotals))
    for (const result of results) to.routerPuts.setTotal({ router, result }, totals[result])
  const { isRunning, runs } = republisher ?? {}
  if (isRunning !== undefined) to.republisherRunning.set(isRunning ? 1 : 0)
  if (runs !== undefined) for (const result of results) to.republisherRuns.setTotal({ result }, runs[result])
}

function reportRecords(byNamespace: ReadonlyMap<string, RecordFigures>, nowMs: number, to: To): void {
  let tracked = 0
  let overdue = 0
  for (const [namespace, figures] of byNamespace) {
    tracked += figures.active + figures.backoff
    overdue += figures.overdue
    to.namespaceRecords.set({ namespace, state: 'active' }, figures.active)
    to.namespaceRecords.set({ namespace, state: 'backoff' }, figures.backoff)
    // a run that is late by a moment is not in the past
    if (figures.nextAttemptMs !== undefined)
      to.nextAttempt.set({ namespace }, Math.max(0, (figures.nextAttemptMs - nowMs) / 1000))
  }
  to.records.set({ state: 'tracked' }, tracked)
  to.records.set({ state: 'overdue' }, overdue)
}

function reportRefreshes(byNamespace: ReadonlyMap<string, RefreshFigures>, to: To): void {
  for (const [namespace, figures] of byNamespace) {
    for (const result of results) to.refreshes.setTotal({ namespace, result }, figures[result])
    const { lastSuccessMs, lastFailureMs } = figures
    if (lastSuccessMs !== undefined) to.lastEvent.set({ namespace, event: 'success' }, lastSuccessMs / 1000)
    if (lastFailureMs !== undefined) to.lastEvent.set({ namespace, event: 'failure' }, lastFailureMs / 1000)
  }
}

function addTotals(a: ResultTotals, b: ResultTotals): ResultTotals {
  return { success: a.success + b.success, failure: a.failure + b.failure }
}

function addRefreshes(a: RefreshFigures, b: RefreshFigures): RefreshFigures {
  return {
    ...addTotals(a, b),
    lastSuccessMs: pick(Math.max, a.lastSuccessMs, b.lastSuccessMs),
    lastFailureMs: pick(Math.max, a.lastFailureMs, b.lastFailureMs),
  }
}

function addRecords(a: RecordFigures, b: RecordFigures): RecordFigures {
  return {
    active: a.active + b.active,
    backoff: a.backoff + b.backoff,
    overdue: a.overdue + b.overdue,
    nextAttemptMs: pick(Math.min, a.nextAttemptMs, b.nextAttemptMs),
  }
}

function pick(
  choose: (a: number, b: number) => number,
  a: number | undefined,
  b: number | undefined,
): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : choose(a, b)
}
