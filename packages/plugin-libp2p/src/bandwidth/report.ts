import type { Handles } from '@tidegauge/core'
import type { instruments } from '../metrics.js'
import { directions, type Direction } from '../node/shapes.js'
import type { Meter } from './meter.js'
import type { ByteCell } from './tap.js'

const fieldOf: Readonly<Record<Direction, keyof ByteCell>> = { inbound: 'in', outbound: 'out' }

/** Tells what the meter counted: bytes in total, by protocol and by group, and what was opened and closed. */
export function reportMeter(meter: Meter, groups: readonly string[], to: Handles<typeof instruments>): void {
  const total = meter.total()
  const byGroup = new Map(groups.map((group) => [group, { in: 0, out: 0 }]))
  for (const direction of directions) {
    to.totalBytes.setTotal({ direction }, total[fieldOf[direction]])
    to.connectionsOpened.setTotal({ direction }, meter.opened[direction])
    to.connectionsClosed.setTotal({ direction }, meter.closed[direction])
  }
  for (const { protocol, group, carried, native, opened, closed } of meter.protocols.entries()) {
    const sum = byGroup.get(group) ?? { in: 0, out: 0 }
    byGroup.set(group, sum)
    for (const direction of directions) {
      const field = fieldOf[direction]
      const bytes = carried[field] + native[field]
      sum[field] += bytes
      to.protocolBytes.setTotal({ protocol, direction }, bytes)
      to.streamsOpened.setTotal({ protocol, direction }, opened[direction])
      to.streamsClosed.setTotal({ protocol, direction }, closed[direction])
    }
  }
  for (const [group, sum] of byGroup)
    for (const direction of directions) to.groupBytes.setTotal({ group, direction }, sum[fieldOf[direction]])
}
