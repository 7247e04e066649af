import { directions, type ByDirection, type Direction } from '../direction.js'
import type { Usage } from './usage.js'

/** One value of a pool: how much of it is used, or its limit. */
export interface PoolValue<D extends string = Direction> {
  readonly pool: string
  readonly direction: D
  readonly value: number
}

/** The quotas that a node's connections and streams share, and how much of them is used. */
export interface Pools {
  /** Connections counted against a quota. */
  readonly connections: readonly PoolValue[]
  /** Streams counted against the quota of a protocol, whose name is the pool's. */
  readonly streams: readonly PoolValue[]
  /** `any` is one quota for both directions together. */
  readonly limits: readonly PoolValue<Direction | 'any'>[]
}

/** Adds values to a list. What is not a number, or has no limit (`Infinity`), is left out. */
export function addValue<D extends string>(
  values: PoolValue<D>[],
  pool: string,
  direction: NoInfer<D>,
  value: unknown,
): void {
  if (Number.isFinite(value)) values.push({ pool, direction, value: value as number })
}

/** The open connections as a pool. */
export function connectionPool({ connections }: Usage): PoolValue[] {
  return directions.map((direction) => ({ pool: 'connections', direction, value: connections[direction] }))
}

/** The pools of these protocols, and of those that have open streams. */
export function streamPools(protocols: Iterable<string>, { fullest }: Usage): PoolValue[] {
  return [...new Set([...protocols, ...fullest.keys()])].flatMap((pool) => {
    const used: Partial<ByDirection> = fullest.get(pool) ?? {}
    return directions.map((direction) => ({ pool, direction, value: used[direction] ?? 0 }))
  })
}
