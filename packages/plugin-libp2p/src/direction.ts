/** Both directions: who started it, or which way bytes moved (`inbound` is received). */
export const directions = ['inbound', 'outbound'] as const

export type Direction = (typeof directions)[number]

/** A number for each direction. */
export type ByDirection = Record<Direction, number>

export function zeros(): ByDirection {
  return { inbound: 0, outbound: 0 }
}
