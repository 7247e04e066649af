import { LogOnce, sourcePlugin, type Plugin } from '@tidegauge/core'
import { HeliaSource } from './helia/helia-source.js'
import { instruments } from './metrics.js'
import { parseOptions, type IpnsOptions } from './options.js'
import { createReport } from './report.js'
import { version } from './version.js'

/** Measures the IPNS records that one node keeps alive. */
export type IpnsPlugin = Plugin<typeof instruments>

/** Creates the plugin for one `IPNS` object, or for another source. Opens nothing. Throws `OPTIONS_INVALID`. */
export function ipns(options: IpnsOptions): IpnsPlugin {
  const settings = parseOptions(options)
  const logOnce = new LogOnce()
  return sourcePlugin({
    name: 'ipns',
    version,
    instruments,
    source: settings.source ?? new HeliaSource(settings, logOnce),
    report: createReport(settings.maxNamespaces, logOnce),
    logOnce,
  })
}
