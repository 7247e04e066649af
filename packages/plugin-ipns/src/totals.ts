import type { IpnsResult, RefreshFigures, ResultTotals } from './source.js'

/** Results with the times of the latest ones. */
export interface Tally {
  success: number
  failure: number
  lastSuccessMs?: number
  lastFailureMs?: number
}

/** Totals by namespace. */
export class NamespaceTotals {
  readonly #totals = new Map<string, { refresh: Tally; publish: Tally }>()

  get names(): readonly string[] {
    return [...this.#totals.keys()]
  }

  /** The totals of a namespace, which begin at zero. */
  of(namespace: string): { readonly refresh: Tally; readonly publish: Tally } {
    const known = this.#totals.get(namespace)
    if (known !== undefined) return known
    const fresh = { refresh: tally(), publish: tally() }
    this.#totals.set(namespace, fresh)
    return fresh
  }

  add(namespace: string, { refresh, publish }: { refresh: Tally; publish: Tally }): void {
    const totals = this.of(namespace)
    addTally(totals.refresh, refresh)
    addTally(totals.publish, publish)
  }

  refreshes(): Record<string, RefreshFigures> {
    return Object.fromEntries([...this.#totals].map(([name, { refresh }]) => [name, { ...refresh }]))
  }

  publishes(): Record<string, ResultTotals> {
    return Object.fromEntries(
      [...this.#totals].map(([name, { publish }]) => [
        name,
        { success: publish.success, failure: publish.failure },
      ]),
    )
  }
}

export function tally(): Tally {
  return { success: 0, failure: 0 }
}

export function addResult(to: Tally, result: IpnsResult, nowMs: number): void {
  to[result]++
  if (result === 'success') to.lastSuccessMs = nowMs
  else to.lastFailureMs = nowMs
}

function addTally(to: Tally, from: Tally): void {
  to.success += from.success
  to.failure += from.failure
  if (from.lastSuccessMs !== undefined) to.lastSuccessMs = Math.max(to.lastSuccessMs ?? 0, from.lastSuccessMs)
  if (from.lastFailureMs !== undefined) to.lastFailureMs = Math.max(to.lastFailureMs ?? 0, from.lastFailureMs)
}
