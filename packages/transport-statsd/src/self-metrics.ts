import { definePlugin, type Plugin } from '@tidegauge/core'
import { instruments } from './metrics.js'
import { dropReasons, type Tally } from './tally.js'
import { version } from './version.js'

/** The plugin that measures a transport. `name` is the transport's. */
export function selfMetricsPlugin(name: string, tally: Tally): Plugin<typeof instruments> {
  return definePlugin({
    name,
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
