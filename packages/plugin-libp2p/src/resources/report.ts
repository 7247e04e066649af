import type { Handles, LogOnce } from '@tidegauge/core'
import type { instruments } from '../metrics.js'
import type { NodeView } from '../node/node-view.js'
import { directions } from '../node/shapes.js'
import { readPools } from './pools.js'
import { readUsage } from './usage.js'

/** Tells what is open now, and how full the node's quotas are. */
export function reportResources(view: NodeView, to: Handles<typeof instruments>, logOnce: LogOnce): void {
  const usage = readUsage(view.connections())
  for (const direction of directions) {
    to.connections.set({ direction }, usage.connections[direction])
    to.streams.set({ direction }, usage.streams[direction])
  }
  const pools = readPools(view, usage, logOnce)
  for (const { value, ...labels } of pools.connections) to.poolConnections.set(labels, value)
  for (const { value, ...labels } of pools.streams) to.poolStreams.set(labels, value)
  for (const { value, ...labels } of pools.limits) to.poolLimit.set(labels, value)
}
