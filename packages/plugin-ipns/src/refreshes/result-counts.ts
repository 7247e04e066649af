import type { IpnsResult, IpnsSnapshot, RefreshTotals } from '../source.js'

/** Totals that can be counted up. */
export type MutableTotals = { -readonly [K in keyof RefreshTotals]: RefreshTotals[K] }

/** Totals of results by a name, such as a namespace or a router. */
export class ResultCounts {
  readonly #byName = new Map<string, MutableTotals>()

  get names(): Iterable<string> {
    return this.#byName.keys()
  }

  /** The totals of a name, which start at zero. */
  of(name: string): MutableTotals {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const totals = { success: 0, failure: 0 }
    this.#byName.set(name, totals)
    return totals
  }

  /** A copy of all totals. */
  read(): Record<string, RefreshTotals> {
    return Object.fromEntries([...this.#byName].map(([name, totals]) => [name, { ...totals }]))
  }
}

/** Totals of refreshes and publishes by namespace. */
export class AttemptTotals {
  readonly refresh = new ResultCounts()
  readonly publish = new ResultCounts()

  /** Every namespace that was ever added. */
  get namespaces(): Iterable<string> {
    return this.refresh.names
  }

  /** Lets a namespace start at zero. */
  addNamespace(namespace: string): void {
    this.refresh.of(namespace)
    this.publish.of(namespace)
  }

  /** Copies for a snapshot. */
  read(): Required<Pick<IpnsSnapshot, 'refreshes' | 'publishes'>> {
    return { refreshes: this.refresh.read(), publishes: this.publish.read() }
  }
}

/** Counts one result and remembers its time. */
export function addResult(totals: MutableTotals, result: IpnsResult, nowMs: number): void {
  totals[result]++
  if (result === 'success') totals.lastSuccessMs = nowMs
  else totals.lastFailureMs = nowMs
}

/** Adds totals to others. The later times stay. */
export function addTotals(to: MutableTotals, from: RefreshTotals): void {
  to.success += from.success
  to.failure += from.failure
  for (const key of ['lastSuccessMs', 'lastFailureMs'] as const)
    if (from[key] !== undefined) to[key] = Math.max(to[key] ?? 0, from[key])
}
