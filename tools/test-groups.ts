/**
 * Which test files run beside which. Vitest's projects are made of it, and `run-tests.ts` runs them.
 *
 * Files of one group share a process, so that a library such as Helia is loaded once, and run one after the other,
 * unless the group says otherwise. A new package needs no entry: it is in the group `other`.
 */
export interface TestGroup {
  readonly name: string
  /** Patterns of test files, from the root of the repository. */
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  /** How many files run at once. Default 1. */
  readonly maxWorkers?: number
}

/** Tests that load the machine or measure time, and have it for themselves. */
const alone = ['packages/transport-prometheus/test/hostile/**/*.test.ts']
/** Tests with real peer-to-peer nodes. */
const nodes = ['packages/plugin-{libp2p,bitswap,ipns}/test/**/*.test.ts']
/** Tests with real servers: Prometheus, pushgateway, StatsD. */
const prometheus = ['packages/transport-prometheus/test/**/*.test.ts', 'examples/*/test/**/*.test.ts']
const statsd = ['packages/transport-statsd/test/**/*.test.ts']

export const testGroups: readonly TestGroup[] = [
  {
    name: 'other',
    include: ['packages/*/test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: [...nodes, ...prometheus, ...statsd, 'tools/new/templates/**'],
    maxWorkers: 2,
  },
  { name: 'nodes', include: nodes },
  { name: 'statsd', include: statsd },
  { name: 'prometheus', include: prometheus, exclude: alone },
  { name: 'alone', include: alone },
]

/**
 * The rounds of a complete run, one after the other. In a round, lists of groups run side by side; the groups of a
 * list run one after the other.
 */
export const rounds: readonly (readonly (readonly string[])[])[] = [
  [
    ['nodes', 'statsd'],
    ['other', 'prometheus'],
  ],
  [['alone']],
]
