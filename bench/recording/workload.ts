import { familyCases } from './families.ts'

/** What every contender records, so that the figures compare like with like. */
export const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
export const directions = ['inbound', 'outbound'] as const
export const protocols = [
  '/ipfs/id/1.0.0',
  '/ipfs/ping/1.0.0',
  '/ipfs/kad/1.0.0',
  '/ipfs/bitswap/1.2.0',
  '/meshsub/1.1.0',
]

/** Label objects made once, as careful callers do; contenders must not rely on their identity. */
export const labelSets = protocols.flatMap((protocol) =>
  directions.map((direction) => ({ protocol, direction })),
)

/** One thing to call again and again. `i` differs from call to call, so that nothing is folded away. */
export type Call = (i: number) => void

/** The calls of one contender by case name; what it can't do is left out. */
export type Contender = () => Promise<Record<string, Call>>

export const cases = [
  'counter, no labels',
  'counter, 2 labels given each time',
  'counter, 2 labels, fresh object each time',
  'counter, bound series',
  'gauge set, 2 labels',
  'gauge set, bound series',
  'histogram, no labels, 10 bounds',
  'histogram, 2 labels',
  'histogram, bound series',
  'exponential histogram',
  'summary (sliding window of 5)',
  ...familyCases,
] as const

export type CaseName = (typeof cases)[number]

/** Durations as a real service sees them: spread over the buckets. */
export const durations = Float64Array.from(
  { length: 1024 },
  (_, i) => 0.002 * 1.0075 ** i * (1 + (i % 7) / 10),
)
