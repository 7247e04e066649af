/** Both directions. `inbound` was started by the peer, or is received. */
export const directions = ['inbound', 'outbound'] as const

/** Who started it, or which way bytes moved. */
export type Direction = (typeof directions)[number]

/** A number for each direction. */
export type ByDirection = Record<Direction, number>

/** Counts that start at zero. */
export function zeros(): ByDirection {
  return { inbound: 0, outbound: 0 }
}
