import type { AdvertisementTotals, TargetTotals } from './counts.js'

/** The advertisements of two counts of different things: the sums, and the later times. */
export function combineTotals(one: AdvertisementTotals, other?: AdvertisementTotals): AdvertisementTotals {
  if (other === undefined) return one
  return {
    dht: combineTarget(one.dht, other.dht),
    delegated: combineTarget(one.delegated, other.delegated),
    skipped: one.skipped + other.skipped,
    ...withLater('lastAttemptMs', one.lastAttemptMs, other.lastAttemptMs),
  }
}

function combineTarget(one: TargetTotals, other: TargetTotals): TargetTotals {
  return {
    success: one.success + other.success,
    failure: one.failure + other.failure,
    ...withLater('lastSuccessMs', one.lastSuccessMs, other.lastSuccessMs),
  }
}

/** A field with the later of two times; without it when there is none. */
function withLater<K extends string>(
  key: K,
  one: number | undefined,
  other: number | undefined,
): { readonly [P in K]?: number } {
  if (one === undefined && other === undefined) return {}
  return { [key]: Math.max(one ?? -Infinity, other ?? -Infinity) } as { readonly [P in K]?: number }
}
