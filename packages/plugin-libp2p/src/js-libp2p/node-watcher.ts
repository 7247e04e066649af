import { safeGet, safeGetMethod, UndoList } from '@tidegauge/attach'
import { LifecycleError, OptionsError } from '@tidegauge/core'
import { LateWatcher, watchConnections } from './late-watcher.js'
import { createMetrics, type MetricsDeps } from './metrics/create-metrics.js'
import { Forwards } from './metrics/forwards.js'
import type { ForwardFactory, MetricsLike } from './metrics/metrics-like.js'
import type { NodeView } from './node-view.js'
import type { ShapeCheck } from './shape-check.js'
import type { ComponentsLike, ObservableNode } from './shapes.js'

/** What a {@link NodeWatcher} is made with. */
export interface NodeWatcherDeps extends Omit<MetricsDeps, 'forwards' | 'probes'> {
  readonly view: NodeView
  readonly shape: ShapeCheck
  readonly forward: ForwardFactory | undefined
}

const SECOND_NODE =
  'this instance measures another node already; call libp2p() once for each node, and give each labels of its own: use(plugin, { labels: { node: "b" } })'

const NOT_RUNNING =
  'the libp2p node does not run: start it with node.start(), or pass the node that replaces it to observe(); totals are kept until then'

const NO_COMPONENTS =
  'the libp2p node hides its components, so that its bytes and refusals are not known: pass the node itself to observe(), as createLibp2p returns it'

/**
 * Watches the one node that a plugin measures: from the node's creation on, when the node was created with our
 * `metrics`, or from a later {@link observe} on.
 */
export class NodeWatcher {
  /** Our implementation of libp2p's `Metrics`. */
  readonly metrics: MetricsLike
  readonly view: NodeView
  readonly #deps: NodeWatcherDeps & MetricsDeps
  readonly #undo = new UndoList()
  /** Of a node that was created without our metrics: any other is watched all the time. */
  late: LateWatcher | undefined
  #returned: MetricsLike | undefined
  #replaced: ComponentsLike | undefined

  constructor(deps: NodeWatcherDeps) {
    this.view = deps.view
    this.#deps = { ...deps, forwards: new Forwards(deps.logOnce), probes: new Set() }
    this.metrics = createMetrics(this.#deps)
  }

  /**
   * The factory that `createLibp2p` takes as `metrics`. Called with components of another kind, such as Helia's, it
   * returns the same metrics. Throws `LIFECYCLE_WRONG_STATE` for a second node, and what `forward` throws.
   */
  create(components: unknown): MetricsLike {
    if (!areOfNode(components)) return this.metrics
    if (components === this.view.components && this.#returned !== undefined) return this.#returned
    this.#leaveNode()
    const forward = this.#deps.forward?.(components as never)
    if (forward !== undefined) this.#deps.forwards.replace([forward])
    Object.assign(this.view, { components, node: undefined })
    this.#watch()
    this.#returned = withLifecycle(this.metrics, forward)
    return this.#returned
  }

  /** Takes a node. Throws `OPTIONS_INVALID` for what is not one, `LIFECYCLE_WRONG_STATE` for a second one. */
  observe(node: ObservableNode): void {
    assertNode(node)
    const { view } = this
    if (node === view.node) return
    const components = safeGet(node, 'components') as ComponentsLike | undefined
    const isKnown =
      view.hasNode && this.late === undefined && (components ?? view.components) === view.components
    if (!isKnown) {
      this.#leaveNode()
      view.components = components
    }
    view.node = node
    if (isKnown) return
    if (this.#callsUs(components?.metrics)) return this.#watch()
    this.late = new LateWatcher({ ...this.#deps, metrics: this.metrics })
    this.late.start()
  }

  /** Why the values of the node are not complete, one sentence each. */
  problems(): string[] {
    const { components, node, hasNode } = this.view
    const problems: string[] = []
    if (hasNode && runs(components, node) === false) problems.push(NOT_RUNNING)
    if (hasNode && components === undefined) problems.push(NO_COMPONENTS)
    return problems
  }

  /** Logs when two nodes are counted as one, which does not show before both run. */
  checkNode(): void {
    if (this.#replaced !== undefined && isRunning(this.#replaced))
      this.#deps.logOnce.warn('second', SECOND_NODE)
  }

  #watch(): void {
    const { view } = this
    const { traffic } = this.#deps
    traffic.start('permanent')
    watchConnections(view, this.#deps, this.#undo)
    for (const connection of view.connections()) traffic.connectionOpened(connection, view.muxers)
  }

  /** Whether the metrics of a node pass calls on to ours, as an application's own around ours do. */
  #callsUs(metrics: unknown): boolean {
    const { probes, forwards } = this.#deps
    const probe = (): void => {}
    probes.add(probe)
    forwards.guard('traceFunction', () => (metrics as MetricsLike)?.traceFunction?.('tidegauge.probe', probe))
    // our own metrics have taken it out
    return !probes.delete(probe)
  }

  /** Leaves a node that does not run, for the one that replaces it. */
  #leaveNode(): void {
    const { components, node, hasNode } = this.view
    if (!hasNode) return
    if (isRunning(components, node))
      throw new LifecycleError('LIFECYCLE_WRONG_STATE', `plugin "libp2p": ${SECOND_NODE}`, 'observing')
    this.#replaced = components
    this.late?.stop()
    this.late = undefined
    this.#undo.run()
    this.#deps.traffic.stop()
    this.#deps.shape.reset()
  }
}

const lifecycle = ['beforeStart', 'start', 'afterStart', 'beforeStop', 'stop', 'afterStop'] as const

/** Lets libp2p start and stop the metrics that are forwarded to, as if they had been passed to it. */
function withLifecycle(metrics: MetricsLike, forward: MetricsLike | undefined): MetricsLike {
  const methods = lifecycle.map((name) => [name, () => safeGetMethod(forward, name)?.call(forward)])
  return {
    ...metrics,
    ...(Object.fromEntries(methods) as object),
    // as libp2p names it: another component may depend on there being metrics
    [Symbol.for('@libp2p/service-capabilities')]: ['@libp2p/metrics'],
    [Symbol.toStringTag]: '@tidegauge/plugin-libp2p',
  } as MetricsLike
}

/** libp2p's components have events and a gater when the metrics are created; those of others do not. */
function areOfNode(components: unknown): components is ComponentsLike {
  const hasEvents = safeGetMethod(safeGet(components, 'events'), 'addEventListener') !== undefined
  return hasEvents && safeGet(components, 'connectionGater') !== undefined
}

function assertNode(node: unknown): asserts node is ObservableNode {
  if (safeGetMethod(node, 'getConnections') && safeGetMethod(node, 'addEventListener')) return
  const expected = 'a js-libp2p node, as createLibp2p returns it'
  throw new OptionsError('plugin "libp2p"', [{ path: 'observe(node)', received: typeof node, expected }])
}

/** Whether a node runs; undefined when it does not say so. */
function runs(components: ComponentsLike | undefined, node?: ObservableNode): boolean | undefined {
  try {
    const isStarted = components?.isStarted?.()
    return isStarted ?? (node?.status === undefined ? undefined : node.status !== 'stopped')
  } catch {
    // libp2p's components throw here until they have started once
    return false
  }
}

function isRunning(components: ComponentsLike | undefined, node?: ObservableNode): boolean {
  return runs(components, node) === true
}
