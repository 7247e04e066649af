import { dialOutcomes } from '../metrics.js'

/** How a request for a connection ended. */
export type DialOutcome = (typeof dialOutcomes)[number]

/** Requests for a connection by outcome. */
export type DialTotals = Record<DialOutcome, number>

/** Totals that start at zero. */
export function noDials(): DialTotals {
  return Object.fromEntries(dialOutcomes.map((outcome) => [outcome, 0])) as DialTotals
}
