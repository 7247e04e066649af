import { LifecycleError, LogOnce, type Plugin } from '@tidegauge/core'
import { createGrouping, knownGroups } from './bandwidth/groups.js'
import { Meter } from './bandwidth/meter.js'
import { ProtocolBook } from './bandwidth/protocol-book.js'
import { Forwards } from './hook/forwards.js'
import type { MetricsFactory, MetricsLike } from './hook/metrics-like.js'
import { Traces, type TraceObserver } from './hook/traces.js'
import { Link } from './link.js'
import { instruments } from './metrics.js'
import { ModuleRegistry } from './modules/registry.js'
import type { ObservableNode } from './node/shapes.js'
import { DEFAULT_KEEP_HISTORY, parseOptions, type Libp2pOptions } from './options.js'
import { Session } from './session.js'
import { version } from './version.js'
import { WebrtcDirectSource } from './webtransport/webrtc-direct.js'

/** Measures one js-libp2p node. */
export interface Libp2pPlugin extends Plugin<typeof instruments> {
  /**
   * What a host passes to `createLibp2p({ metrics })`. It is libp2p's `Metrics` itself too, for those who take it
   * as an object, such as Helia: `createHelia({ metrics: swarm.metrics })`.
   */
  readonly metrics: MetricsFactory & MetricsLike
  /**
   * Takes the node and returns the plugin. For a node that was created with {@link metrics} this only checks
   * that it is that node; to another it attaches, and counts from now on.
   * Throws `OPTIONS_INVALID` for what is no node, and `LIFECYCLE_WRONG_STATE` for a second node.
   */
  observe(node: ObservableNode): Libp2pPlugin
  /** Lets another plugin follow the functions that libp2p and Helia trace. Returns what ends it. */
  onTrace(observer: TraceObserver): () => void
}

/** Makes the plugin for one node. Opens nothing. Throws `OPTIONS_INVALID`. */
export function libp2p(options?: Libp2pOptions): Libp2pPlugin {
  const settings = parseOptions(options)
  const logOnce = new LogOnce()
  const ownNames = new Set(Object.values(instruments).map(({ name }) => name))
  const meter = new Meter(
    new ProtocolBook(settings.maxProtocols, createGrouping(settings.groups, logOnce), logOnce),
  )
  const modules = new ModuleRegistry(ownNames, settings.modules, logOnce)
  const traces = new Traces(logOnce)
  const link = new Link(
    { meter, modules, traces, logOnce, forwards: new Forwards(logOnce) },
    settings.forward,
  )
  const groups = knownGroups(settings.groups)
  const { webtransport } = settings
  const keepHistory = webtransport.keepHistory ?? DEFAULT_KEEP_HISTORY
  const source = webtransport.source ?? new WebrtcDirectSource(link.view, keepHistory, logOnce)
  const parts = { meter, modules, logOnce, groups, source, webtransport }
  let session: Session | undefined
  const end = async (): Promise<void> => {
    const ending = session
    session = undefined
    await ending?.stop()
  }
  const plugin: Libp2pPlugin = {
    name: 'libp2p',
    version,
    apiLevel: 1,
    instruments,
    metrics: Object.assign((components: unknown) => link.create(components), link.metrics),
    observe(node) {
      link.observe(node)
      return plugin
    },
    onTrace: (observer) => traces.observe(observer),
    async start(context) {
      await end()
      logOnce.useLogger(context.logger)
      link.attach()
      if (!link.view.hasNode) throw noNode()
      session = new Session(link.view, parts, context)
      session.start()
    },
    collect(pass) {
      link.checkNode()
      return session?.collect(pass)
    },
    async stop() {
      link.detach()
      await end()
    },
  }
  return plugin
}

function noNode(): LifecycleError {
  return new LifecycleError(
    'LIFECYCLE_WRONG_STATE',
    'plugin "libp2p": there is no node to measure; pass its metrics to createLibp2p, or the node to observe()',
    'without a node',
  )
}
