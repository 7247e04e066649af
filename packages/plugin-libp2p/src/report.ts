import type { Handles, LogOnce, PluginContext } from '@tidegauge/core'
import { createGrouping, knownGroups, type GroupFunction, type GroupTable } from './bandwidth/groups.js'
import type { BandwidthTotals } from './bandwidth/traffic-counts.js'
import { directions, zeros } from './direction.js'
import { dialOutcomes, refusalReasons, webtransportRejections, type instruments } from './metrics.js'
import { ModuleInstruments } from './modules/module-instruments.js'
import type { Libp2pSnapshot } from './source.js'
import type { WebtransportSnapshot } from './webtransport/snapshot.js'

type To = Handles<typeof instruments>
type GroupOf = (protocol: string) => string

/** What the report needs to know of the options. */
export interface ReportSettings {
  readonly groups: GroupTable | GroupFunction
  /** Exported in place of the snapshot's values. */
  readonly webtransport: Pick<WebtransportSnapshot, 'rotationIntervalMs' | 'keepHistory' | 'maxSessions'>
}

/** Returns the function that writes snapshots into the instruments. It keeps the instruments of modules. */
export function createReport(
  { groups, webtransport: overrides }: ReportSettings,
  logOnce: LogOnce,
): (snapshot: Libp2pSnapshot, to: To, context: Pick<PluginContext, 'define'>) => void {
  const groupOf = createGrouping(groups, logOnce)
  const known = knownGroups(groups)
  const moduleInstruments = new ModuleInstruments(logOnce)
  return (snapshot, to, context) => {
    const { bandwidth, modules, webtransport } = snapshot
    if (bandwidth !== undefined) reportBandwidth(bandwidth, known, groupOf, to)
    reportResources(snapshot, to)
    if (modules !== undefined) moduleInstruments.report(modules, context)
    // last, since it may come from a source of the user
    if (webtransport !== undefined) reportWebtransport(webtransport, overrides, to)
  }
}

function reportBandwidth(
  { total, protocols }: BandwidthTotals,
  knownNames: readonly string[],
  groupOf: GroupOf,
  to: To,
): void {
  const groups = new Map(knownNames.map((group) => [group, zeros()]))
  for (const { protocol, bytes, opened, closed, refused } of protocols) {
    const group = groupOf(protocol)
    const sum = groups.get(group) ?? zeros()
    groups.set(group, sum)
    for (const direction of directions) {
      sum[direction] += bytes[direction]
      to.protocolBytes.setTotal({ protocol, direction }, bytes[direction])
      to.streamsOpened.setTotal({ protocol, direction }, opened[direction])
      to.streamsClosed.setTotal({ protocol, direction }, closed[direction])
      if (refused !== undefined) to.streamsRefused.setTotal({ protocol, direction }, refused[direction])
    }
  }
  for (const direction of directions) {
    to.totalBytes.setTotal({ direction }, total[direction])
    for (const [group, sum] of groups) to.groupBytes.setTotal({ group, direction }, sum[direction])
  }
}

function reportResources({ connections, dials, open, pools, refusals }: Libp2pSnapshot, to: To): void {
  for (const direction of directions) {
    if (open !== undefined) to.connections.set({ direction }, open.connections[direction])
    if (open !== undefined) to.streams.set({ direction }, open.streams[direction])
    if (connections === undefined) continue
    to.connectionsOpened.setTotal({ direction }, connections.opened[direction])
    to.connectionsClosed.setTotal({ direction }, connections.closed[direction])
  }
  for (const { value, ...labels } of pools?.connections ?? []) to.poolConnections.set(labels, value)
  for (const { value, ...labels } of pools?.streams ?? []) to.poolStreams.set(labels, value)
  for (const { value, ...labels } of pools?.limits ?? []) to.poolLimit.set(labels, value)
  if (dials !== undefined) for (const outcome of dialOutcomes) to.dials.setTotal({ outcome }, dials[outcome])
  if (refusals === undefined) return
  for (const reason of refusalReasons) to.connectionsRefused.setTotal({ reason }, refusals[reason])
}

function reportWebtransport(
  snapshot: WebtransportSnapshot,
  overrides: ReportSettings['webtransport'],
  to: To,
): void {
  for (const hash of snapshot.currentHashes) to.certHash.set({ state: 'current', hash }, 1)
  for (const hash of snapshot.historyHashes) to.certHash.set({ state: 'history', hash }, 1)
  for (const state of ['ready', 'pending'] as const) {
    to.sessions.set({ state }, snapshot.sessions[state])
    to.handshakeSeconds.set({ state }, snapshot.handshakeSeconds[state])
  }
  for (const reason of webtransportRejections)
    to.rejections.setTotal({ reason }, snapshot.rejections[reason] ?? 0)
  setIfKnown(to.maxSessions, overrides.maxSessions ?? snapshot.maxSessions)
  setIfKnown(to.rotationInterval, overrides.rotationIntervalMs ?? snapshot.rotationIntervalMs, 1000)
  setIfKnown(to.rotationKeepHistory, overrides.keepHistory ?? snapshot.keepHistory)
  setIfKnown(to.lastRotation, snapshot.lastRotationMs, 1000)
}

function setIfKnown(gauge: { set(value: number): void }, value: number | undefined, divisor = 1): void {
  if (value !== undefined) gauge.set(value / divisor)
}
