import { CollectError, LogOnce, type CollectContext, type Plugin, type PluginContext } from '@tidegauge/core'
import { DEFAULT_NAMESPACE, Naming } from './helia/naming.js'
import { HeliaSource } from './helia/source.js'
import { instruments } from './metrics.js'
import { NamespaceBook } from './namespaces.js'
import { parseOptions, type IpnsOptions, type IpnsSettings } from './options.js'
import { reportSnapshot } from './report.js'
import type { IpnsSource } from './source.js'
import { version } from './version.js'

/** Measures the IPNS records that one node keeps alive. */
export type IpnsPlugin = Plugin<typeof instruments>

/** Routers that are told apart; a node has a handful. */
const MAX_ROUTERS = 50

/** Makes the plugin for one `IPNS` object, or for another source. Opens nothing. Throws `OPTIONS_INVALID`. */
export function ipns(options: IpnsOptions): IpnsPlugin {
  const settings = parseOptions(options)
  const logOnce = new LogOnce()
  const namespaces = new NamespaceBook(settings.maxNamespaces)
  const routers = new NamespaceBook(MAX_ROUTERS)
  const source = settings.source ?? heliaSource(settings, namespaces, logOnce)
  let context: PluginContext<typeof instruments> | undefined
  return {
    name: 'ipns',
    version,
    apiLevel: 1,
    instruments,
    async start(given) {
      logOnce.useLogger(given.logger)
      await source.start?.({ clock: given.clock, logger: given.logger })
      context = given
    },
    async collect(pass: CollectContext) {
      if (context === undefined) return
      const { clock, instruments: to } = context
      const snapshot = await source.read({ signal: pass.signal, deadlineMs: pass.deadlineMs })
      // too late: the pass counts as failed already, the source is asked again, and may have told newer figures
      if (pass.signal.aborted) return
      reportSnapshot(snapshot, { namespaces, routers, nowMs: clock.now() }, to)
      const { faults = [] } = snapshot
      // the rest has been told
      if (faults.length > 0)
        throw new CollectError('COLLECT_FAILED', 'ipns', `plugin "ipns": ${faults.join('; ')}`)
    },
    async stop() {
      context = undefined
      await source.stop?.()
    },
  }
}

function heliaSource(
  settings: IpnsSettings & { source: undefined },
  book: NamespaceBook,
  logOnce: LogOnce,
): IpnsSource {
  const { namespace, ...rest } = settings
  const naming = new Naming(namespace, book, logOnce)
  const namespaces = namespace === undefined ? [DEFAULT_NAMESPACE] : []
  return new HeliaSource({ ...rest, naming, namespaces }, logOnce)
}
