import { LogOnce, sourcePlugin, type Plugin } from '@tidegauge/core'
import type { MetricsFactory, MetricsLike } from './js-libp2p/metrics/metrics-like.js'
import { NodeSource } from './js-libp2p/node-source.js'
import type { ObservableNode } from './js-libp2p/shapes.js'
import { instruments } from './metrics.js'
import {
  parseOptions,
  type Libp2pNodeOptions,
  type Libp2pOptions,
  type Libp2pSourceOptions,
} from './options.js'
import { createReport } from './report.js'
import { version } from './version.js'

/** Measures one js-libp2p node. */
export interface Libp2pPlugin extends Plugin<typeof instruments> {
  /**
   * The factory to pass to `createLibp2p({ metrics })`. It is also an object that implements libp2p's `Metrics`, for
   * those who take one, such as Helia: `createHelia({ metrics: swarm.metrics })`.
   */
  readonly metrics: MetricsFactory & MetricsLike
  /**
   * Takes the node and returns the plugin. For a node that was created with {@link metrics} this only checks that it
   * is that node. To another node the plugin attaches, and counts from now on.
   * Throws `OPTIONS_INVALID` for what is not a node, and `LIFECYCLE_WRONG_STATE` for a second node.
   */
  observe(node: ObservableNode): Libp2pPlugin
}

/** Makes the plugin for one node. Opens nothing. Throws `OPTIONS_INVALID`. */
export function libp2p(options?: Libp2pNodeOptions): Libp2pPlugin
/** Makes the plugin for another source, such as `createLibp2pRecorder()`. Opens nothing. Throws `OPTIONS_INVALID`. */
export function libp2p(options: Libp2pSourceOptions): Plugin<typeof instruments>
export function libp2p(options: Libp2pOptions = {}): Plugin<typeof instruments> {
  const settings = parseOptions(options)
  const logOnce = new LogOnce()
  const common = { name: 'libp2p', version, instruments, report: createReport(settings, logOnce), logOnce }
  if (settings.source !== undefined) return sourcePlugin({ ...common, source: settings.source })
  const source = new NodeSource(settings, logOnce)
  const plugin: Libp2pPlugin = {
    ...sourcePlugin({ ...common, source }),
    metrics: source.metrics,
    observe(node) {
      source.observe(node)
      return plugin
    },
  }
  return plugin
}
