import { Host } from './host.js'
import { parseOptions, type TidegaugeOptions } from './options.js'
import type { Tidegauge } from './tidegauge.js'

/** Creates a host. Nothing runs before `start()`. Throws `OPTIONS_INVALID`. */
export function createTidegauge(options?: TidegaugeOptions): Tidegauge {
  return new Host(parseOptions(options))
}
