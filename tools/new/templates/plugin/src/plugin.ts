import { LogOnce, sourcePlugin, type Plugin } from '@tidegauge/core'
import { instruments } from './metrics.js'
import { parseOptions, type MySystemOptions } from './options.js'
import { NodeProcessSource } from './process/process-source.js'
import { createReport } from './report.js'
import { version } from './version.js'

/** Measures one process. */
export type MySystemPlugin = Plugin<typeof instruments>

/** Creates the plugin. Opens nothing. Throws `OPTIONS_INVALID`. */
export function mySystem(options: MySystemOptions = {}): MySystemPlugin {
  const settings = parseOptions(options)
  const logOnce = new LogOnce()
  return sourcePlugin({
    name: 'my-system',
    version,
    instruments,
    source: settings.source ?? new NodeProcessSource(settings.target),
    report: createReport(settings.maxWarningNames, logOnce),
    logOnce,
  })
}
