import type { ByName, RecordCounts } from '../source.js'

/** A record to count. */
export interface CountableRecord {
  readonly namespace: string
  /** When it becomes due for a refresh. Like all times here, in milliseconds since the Unix epoch. */
  readonly dueMs: number
  /** When it is planned to be refreshed next. */
  readonly nextAttemptMs: number | undefined
  readonly isBackingOff: boolean
}

type MutableCounts = { -readonly [K in keyof RecordCounts]: RecordCounts[K] }

/** Counts records by namespace. Each of `namespaces` is in the result, also without a record. */
export function countRecords(
  records: Iterable<CountableRecord>,
  namespaces: Iterable<string>,
  nowMs: number,
): ByName<RecordCounts> {
  const byNamespace = new Map<string, MutableCounts>()
  const countsOf = (namespace: string): MutableCounts => {
    const known = byNamespace.get(namespace)
    if (known !== undefined) return known
    const counts = { active: 0, backoff: 0, overdue: 0 }
    byNamespace.set(namespace, counts)
    return counts
  }
  for (const namespace of namespaces) countsOf(namespace)
  for (const { namespace, dueMs, nextAttemptMs, isBackingOff } of records) {
    const counts = countsOf(namespace)
    counts[isBackingOff ? 'backoff' : 'active']++
    if (nowMs > dueMs) counts.overdue++
    if (nextAttemptMs !== undefined)
      counts.nextAttemptMs = Math.min(counts.nextAttemptMs ?? Infinity, nextAttemptMs)
  }
  return Object.fromEntries(byNamespace)
}
