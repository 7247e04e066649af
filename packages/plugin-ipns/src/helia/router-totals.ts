import type { ByName, ResultTotals } from '../source.js'

/** How often each router took a record. */
export class RouterTotals {
  readonly #totals = new Map<string, { success: number; failure: number }>()

  /** Lets a router begin at zero. */
  know(router: string): void {
    if (!this.#totals.has(router)) this.#totals.set(router, { success: 0, failure: 0 })
  }

  count(router: string, ok: boolean): void {
    this.know(router)
    this.#totals.get(router)![ok ? 'success' : 'failure']++
  }

  read(): ByName<ResultTotals> {
    return Object.fromEntries([...this.#totals].map(([router, totals]) => [router, { ...totals }]))
  }
}
