import { UndoList } from '@tidegauge/attach'
import {
  CollectError,
  LifecycleError,
  type LogOnce,
  type ReadPass,
  type SourceContext,
} from '@tidegauge/core'
import { TrafficCounts } from '../bandwidth/traffic-counts.js'
import { transferUnderOldName } from '../modules/prometheus-names.js'
import { ModuleRegistry } from '../modules/registry.js'
import { DEFAULT_KEEP_HISTORY, type Libp2pSettings } from '../options.js'
import { noDials } from '../resources/dials.js'
import { noRefusals, type RefusalReason } from '../resources/refusals.js'
import { readUsage } from '../resources/usage.js'
import type { Libp2pSnapshot, Libp2pSource } from '../source.js'
import { NestedSource } from '../webtransport/nested-source.js'
import type { WebtransportSource } from '../webtransport/snapshot.js'
import { watchDials } from './dials.js'
import { hasInternals } from './internals.js'
import type { MetricsFactory, MetricsLike } from './metrics/metrics-like.js'
import { NodeView } from './node-view.js'
import { NodeWatcher } from './node-watcher.js'
import { readPools } from './pools.js'
import { watchGater, watchRefusals } from './refusals.js'
import { ShapeCheck } from './shape-check.js'
import type { ConnectionManagerLike, ObservableNode, TransportConnectionLike } from './shapes.js'
import { TrafficWatcher } from './traffic-watcher.js'
import { WebrtcDirectSource } from './webrtc-direct/webrtc-direct-source.js'

const NO_NODE =
  'plugin "libp2p": there is no node to measure; pass its metrics to createLibp2p, or the node to observe()'

/** Reads one js-libp2p node. Bytes, streams and connections count from the node's creation on, started or not. */
export class NodeSource implements Libp2pSource {
  /** For `createLibp2p({ metrics })`. */
  readonly metrics: MetricsFactory & MetricsLike
  readonly #traffic: TrafficCounts
  readonly #modules: ModuleRegistry
  readonly #watcher: NodeWatcher
  readonly #shape: ShapeCheck
  readonly #webtransport: WebtransportSource
  readonly #refusals = noRefusals()
  readonly #dials = noDials()
  readonly #hasOldNames: boolean
  readonly #undo = new UndoList()
  #nested: NestedSource | undefined
  #context: SourceContext | undefined
  #manager: ConnectionManagerLike | undefined

  constructor(settings: Libp2pSettings, logOnce: LogOnce) {
    this.#traffic = new TrafficCounts(settings.maxProtocols, logOnce)
    this.#modules = new ModuleRegistry(settings.modules, logOnce)
    this.#hasOldNames = settings.prometheusMetricsNames
    const view = new NodeView()
    const shape = new ShapeCheck(view)
    this.#shape = shape
    const watcher = new NodeWatcher({
      view,
      shape,
      traffic: new TrafficWatcher(this.#traffic, shape),
      modules: this.#modules,
      logOnce,
      forward: settings.forward,
    })
    this.#watcher = watcher
    this.metrics = Object.assign((components: unknown) => watcher.create(components), watcher.metrics)
    const { source, keepHistory = DEFAULT_KEEP_HISTORY } = settings.webtransport
    this.#webtransport = source ?? new WebrtcDirectSource(view, keepHistory, logOnce)
  }

  /** Takes the node. Throws `OPTIONS_INVALID` for what is not one, `LIFECYCLE_WRONG_STATE` for a second one. */
  observe(node: ObservableNode): void {
    this.#watcher.observe(node)
  }

  /** Throws `LIFECYCLE_WRONG_STATE` while there is no node, `COLLECT_FAILED` for one that is not known. */
  async start(context: SourceContext): Promise<void> {
    this.#watcher.late?.start()
    if (!this.#watcher.view.hasNode)
      throw new LifecycleError('LIFECYCLE_WRONG_STATE', NO_NODE, 'without a node')
    this.#assertKnown()
    await this.#nested?.stop()
    this.#context = context
    this.#nested = new NestedSource(this.#webtransport, context)
    this.#watchManager()
  }

  async read(pass: ReadPass): Promise<Libp2pSnapshot> {
    const { view } = this.#watcher
    this.#watcher.checkNode()
    this.#assertKnown()
    this.#watchManager()
    const [modules, nested] = await Promise.all([
      this.#modules.read(pass, this.#context!.clock),
      this.#nested!.read(pass),
    ])
    const usage = readUsage(view.connections())
    const problems = [...this.#watcher.problems(), ...(nested.problems ?? [])]
    return {
      bandwidth: this.#traffic,
      connections: this.#traffic.connections,
      open: usage,
      pools: readPools(view, usage),
      refusals: this.#refusals,
      dials: this.#dials,
      modules: this.#hasOldNames ? [transferUnderOldName(this.#traffic), ...modules] : modules,
      ...nested,
      problems: problems.length > 0 ? problems : undefined,
    }
  }

  async stop(): Promise<void> {
    this.#watcher.late?.stop()
    this.#undo.run()
    this.#manager = undefined
    this.#modules.stop()
    await this.#nested?.stop()
    this.#nested = undefined
  }

  /** Throws `COLLECT_FAILED` for a node that is not made as js-libp2p 3 makes it. */
  #assertKnown(): void {
    if (this.#shape.isKnownNode()) return
    throw new CollectError('COLLECT_FAILED', 'libp2p', `plugin "libp2p": ${this.#shape.problem}`)
  }

  /** The connection manager may come after the plugin, or be another one when the application has replaced its node. */
  #watchManager(): void {
    const { components, connectionManager, events, upgrader } = this.#watcher.view
    const { logOnce } = this.#context!
    if (connectionManager === undefined || connectionManager === this.#manager) return
    this.#manager = connectionManager
    hasInternals(components, 'components', logOnce)
    hasInternals(connectionManager, 'connectionManager', logOnce)
    const onRefused = (reason: RefusalReason, connection: TransportConnectionLike): void => {
      this.#refusals[reason]++
      const source = this.#webtransport
      if (source instanceof WebrtcDirectSource) source.refused(reason, connection)
    }
    this.#undo.add(watchRefusals(connectionManager, onRefused, logOnce))
    this.#undo.add(watchGater(upgrader, onRefused, logOnce))
    this.#undo.add(watchDials(connectionManager, events, (outcome) => this.#dials[outcome]++, logOnce))
  }
}
