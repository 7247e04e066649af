import type { LogOnce } from '@tidegauge/core'

/** Protocols by the group that they are counted in: exact names, or beginnings that end in `*`. */
export type GroupTable = Readonly<Record<string, readonly string[]>>

/** Names the group of a protocol; nothing means `other`. */
export type GroupFunction = (protocol: string) => string | undefined

/** The group of protocols that belong to none. */
export const OTHER_GROUP = 'other'

/** What js-libp2p, Helia and their kin speak. */
export const defaultGroups: GroupTable = {
  bitswap: ['/ipfs/bitswap', '/ipfs/bitswap/*'],
  dht: ['/ipfs/kad/*', '/ipfs/lan/kad/*', '/lan/kad/*'],
  pubsub: ['/meshsub/*', '/floodsub/*'],
  identify: ['/ipfs/id/*'],
  ping: ['/ipfs/ping/*'],
  relay: ['/libp2p/circuit/*', '/libp2p/dcutr', '/libp2p/autonat/*', '/webrtc-signaling/*'],
  transfer: ['/ipfs/graphsync/*', '/fil/datatransfer/*', '/libp2p/fetch/*', '/http/*'],
}

/** Finds the group of a protocol: an exact name wins, then the longest beginning. */
export function createGrouping(
  groups: GroupTable | GroupFunction,
  logOnce: LogOnce,
): (protocol: string) => string {
  return typeof groups === 'function' ? guarded(groups, logOnce) : fromTable(groups)
}

/** The groups that are known beforehand, so that they start at zero. */
export function knownGroups(groups: GroupTable | GroupFunction): string[] {
  return typeof groups === 'function' ? [OTHER_GROUP] : [...new Set([...Object.keys(groups), OTHER_GROUP])]
}

/** Whether a name is `pattern`, or begins with it where it ends in `*`. */
export function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function fromTable(groups: GroupTable): (protocol: string) => string {
  const rows = Object.entries(groups).flatMap(([group, patterns]) =>
    patterns.map((pattern) => ({ group, pattern })),
  )
  const rank = (pattern: string): number =>
    pattern.endsWith('*') ? pattern.length : Number.POSITIVE_INFINITY
  rows.sort((a, b) => rank(b.pattern) - rank(a.pattern))
  return (protocol) => rows.find((row) => matches(row.pattern, protocol))?.group ?? OTHER_GROUP
}

function guarded(group: GroupFunction, logOnce: LogOnce): (protocol: string) => string {
  return (protocol) => {
    try {
      return group(protocol) ?? OTHER_GROUP
    } catch (thrown) {
      logOnce.warn(
        'groups',
        `the groups function threw for "${protocol}": ${String(thrown)}; it is counted as other`,
      )
      return OTHER_GROUP
    }
  }
}
