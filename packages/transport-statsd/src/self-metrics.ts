import { definePlugin, type Plugin } from '@tidegauge/core'
import { instruments } from './metrics.js'
import { dropReasons, type Tally } from './tally.js'
import { version } from './version.js'

/**
 * The plugin that measures a transport. Its name is fixed, because the names of its metrics are: the plugins of two
 * transports are two instances of one, which the host tells apart by the labels that they are used with.
 */
export function selfMetricsPlugin(tally: Tally): Plugin<typeof instruments> {
  return definePlugin({
    name: 'statsd',
    version,
    apiLevel: 1,
    instruments,
    collect({ instruments: into }) {
      into.flushes.setTotal(tally.flushes)
      into.lines.setTotal(tally.lines)
      into.datagrams.setTotal(tally.datagrams)
      into.bytes.setTotal(tally.bytes)
      into.errors.setTotal(tally.errors)
      for (const reason of dropReasons) into.dropped.setTotal({ reason }, tally.dropped[reason])
      into.doubtful.setTotal(tally.doubtfulLines)
      into.replaced.setTotal(tally.replacedSeries)
    },
  })
}
