import { sourcePlugin, type Plugin } from '@tidegauge/core'
import { HeliaSource } from './helia/helia-source.js'
import { instruments } from './metrics.js'
import { parseOptions, type BitswapOptions } from './options.js'
import { report } from './report.js'
import { version } from './version.js'

/** Measures one bitswap node. */
export type BitswapPlugin = Plugin<typeof instruments>

/** Makes the plugin for one node. Opens nothing. Throws `OPTIONS_INVALID`. */
export function bitswap(options: BitswapOptions): BitswapPlugin {
  const settings = parseOptions(options)
  const source = settings.source ?? new HeliaSource(settings.helia, settings.advertisements)
  return sourcePlugin({ name: 'bitswap', version, instruments, source, report })
}
