import { definePlugin, type Plugin } from '@tidegauge/core'
import { dropReasons, type TransportCounts } from './counts.js'
import { instruments } from './metrics.js'
import { version } from './version.js'

/**
 * The plugin that measures a transport. Its name is always `statsd`, because its metric names are fixed: the plugins
 * of two transports in one host are two instances, which the host distinguishes by constant labels.
 */
export function selfMetricsPlugin(counts: TransportCounts): Plugin<typeof instruments> {
  return definePlugin({
    name: 'statsd',
    version,
    apiLevel: 1,
    instruments,
    collect({ instruments: handles }) {
      handles.flushes.setTotal(counts.flushes)
      handles.lines.setTotal(counts.lines)
      handles.datagrams.setTotal(counts.datagrams)
      handles.bytes.setTotal(counts.bytes)
      handles.errors.setTotal(counts.errors)
      for (const reason of dropReasons) handles.dropped.setTotal({ reason }, counts.dropped[reason])
      handles.doubtful.setTotal(counts.doubtfulLines)
      handles.replaced.setTotal(counts.replacedSeries)
    },
  })
}
