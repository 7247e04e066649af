import type { LogOnce } from '@tidegauge/core'

/** Protocols by the group that they are counted in: exact names, or prefixes that end in `*`. */
export type GroupTable = Readonly<Record<string, readonly string[]>>

/** Returns the group of a protocol; undefined means `other`. */
export type GroupFunction = (protocol: string) => string | undefined

/** The group of protocols that belong to no other. */
export const OTHER_GROUP = 'other'

/** The protocols of js-libp2p and Helia. */
export const defaultGroups: GroupTable = {
  bitswap: ['/ipfs/bitswap', '/ipfs/bitswap/*'],
  dht: ['/ipfs/kad/*', '/ipfs/lan/kad/*', '/lan/kad/*'],
  pubsub: ['/meshsub/*', '/floodsub/*'],
  identify: ['/ipfs/id/*'],
  ping: ['/ipfs/ping/*'],
  relay: ['/libp2p/circuit/*', '/libp2p/dcutr', '/libp2p/autonat/*', '/webrtc-signaling/*'],
  transfer: ['/ipfs/graphsync/*', '/fil/datatransfer/*', '/libp2p/fetch/*', '/http/*'],
}

/** Returns the function that finds the group of a protocol: an exact name wins, then the longest prefix. */
export function createGrouping(
  groups: GroupTable | GroupFunction,
  logOnce: LogOnce,
): (protocol: string) => string {
  if (typeof groups !== 'function') return inTable(groups)
  const find = (protocol: string) => logOnce.guard('the option groups', () => groups(protocol))
  return (protocol) => find(protocol) ?? OTHER_GROUP
}

/** The groups that are known in advance, so that they start at zero. */
export function knownGroups(groups: GroupTable | GroupFunction): string[] {
  return typeof groups === 'function' ? [OTHER_GROUP] : [...new Set([...Object.keys(groups), OTHER_GROUP])]
}

/** Whether a name equals `pattern`, or starts with it when it ends in `*`. */
export function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function inTable(groups: GroupTable): (protocol: string) => string {
  const rows = Object.entries(groups).flatMap(([group, patterns]) =>
    patterns.map((pattern) => ({ group, pattern })),
  )
  const rank = (pattern: string): number => (pattern.endsWith('*') ? pattern.length : Infinity)
  rows.sort((a, b) => rank(b.pattern) - rank(a.pattern))
  return (protocol) => rows.find((row) => matches(row.pattern, protocol))?.group ?? OTHER_GROUP
}
