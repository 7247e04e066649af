import { refusalReasons } from '../metrics.js'

/** Why the node refused an incoming connection. */
export type RefusalReason = (typeof refusalReasons)[number]

/** Refused connections by reason. */
export type RefusalTotals = Record<RefusalReason, number>

/** Totals that start at zero. */
export function noRefusals(): RefusalTotals {
  return Object.fromEntries(refusalReasons.map((reason) => [reason, 0])) as RefusalTotals
}
