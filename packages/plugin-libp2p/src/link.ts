import { UndoList } from '@tidegauge/attach'
import { LifecycleError, OptionsError } from '@tidegauge/core'
import { attachLate, followConnections } from './attach.js'
import { createMetrics, type MetricsParts } from './hook/create-metrics.js'
import type { ForwardFactory, MetricsLike } from './hook/metrics-like.js'
import { NodeView } from './node/node-view.js'
import type { ComponentsLike, ObservableNode } from './node/shapes.js'

const startableMethods = ['beforeStart', 'start', 'afterStart', 'beforeStop', 'stop', 'afterStop'] as const

/**
 * The one node that a plugin measures, and how the plugin came to it: with the node's creation, through
 * `metrics`, or later, through `observe`.
 */
export class Link {
  /** Our implementation of libp2p's `Metrics`. */
  readonly metrics: MetricsLike
  readonly view = new NodeView()
  readonly #parts: MetricsParts
  readonly #forward: ForwardFactory | undefined
  readonly #undo = new UndoList()
  #isLate = false
  #isAttached = false
  #returned: MetricsLike | undefined
  #before: { readonly components: ComponentsLike; readonly metrics: MetricsLike | undefined } | undefined
  #replaced: ComponentsLike | undefined

  constructor(parts: MetricsParts, forward: ForwardFactory | undefined) {
    this.#parts = parts
    this.#forward = forward
    this.metrics = createMetrics(parts)
  }

  /**
   * What `createLibp2p` is given as its `metrics`. Called with components of another kind, such as Helia's, it
   * returns the same metrics. Throws `LIFECYCLE_WRONG_STATE` for a second node, and what `forward` throws.
   */
  create(components: unknown): MetricsLike {
    if (!isNodeBag(components)) return this.metrics
    if (components === this.view.components && this.#returned !== undefined) return this.#returned
    this.#leaveNode()
    const forward = this.#forward?.(components as never)
    if (forward !== undefined) this.#parts.forwards.replace([forward])
    this.#isLate = false
    this.view.pointAt(components, undefined)
    this.#follow()
    return (this.#returned = withLife(this.metrics, forward))
  }

  /** Takes the running node. Throws `OPTIONS_INVALID` for what is no node, `LIFECYCLE_WRONG_STATE` for a second. */
  observe(node: ObservableNode): void {
    assertNode(node)
    if (node === this.view.node) return
    const components = componentsOf(node)
    const isKnown =
      this.view.hasNode && !this.#isLate && (components ?? this.view.components) === this.view.components
    if (isKnown) return this.view.pointAt(this.view.components, node)
    this.#leaveNode()
    this.view.pointAt(components, node)
    this.#isLate = !this.#leadsToUs(components?.metrics)
    if (this.#isLate) this.attach()
    else this.#follow()
  }

  /** Attaches to a node that was created without us; for one that was created with us there is nothing to do. */
  attach(): void {
    if (!this.#isLate || this.#isAttached) return
    this.#isAttached = true
    const { logOnce, meter } = this.#parts
    const { components } = this.view
    if (components !== undefined) this.#forwardTo(components)
    const parts = { meter, logOnce, metrics: this.metrics, before: this.#before?.metrics }
    attachLate(this.view, parts, this.#undo)
  }

  /** Takes back what {@link attach} did. A node that was created with our metrics goes on being counted. */
  detach(): void {
    if (!this.#isLate) return
    this.#isAttached = false
    this.#undo.run()
  }

  /** Tells when two nodes are counted as one, which can't be seen before both run. */
  checkNode(): void {
    if (this.#replaced !== undefined && isRunning(this.#replaced))
      this.#parts.logOnce.warn('second', SECOND_NODE)
  }

  #follow(): void {
    const { meter } = this.#parts
    meter.watch('permanent')
    followConnections(this.view, this.#parts, this.#undo)
    for (const connection of this.view.connections()) meter.trackConnection(connection, this.view.muxers)
  }

  /** Whether the metrics of a node are ours, perhaps inside of the host's own: ours would hear of a trace. */
  #leadsToUs(metrics: unknown): boolean {
    let heard = false
    const probe = (): void => {}
    const end = this.#parts.traces.onWrap((fn) => (heard ||= fn === probe))
    this.#parts.forwards.guard('traceFunction', () =>
      (metrics as MetricsLike | undefined)?.traceFunction?.('tidegauge.probe', probe),
    )
    end()
    return heard
  }

  /** A host may make its node anew, when the old one does not run. */
  #leaveNode(): void {
    if (!this.view.hasNode) return
    if (isRunning(this.view.components, this.view.node))
      throw new LifecycleError('LIFECYCLE_WRONG_STATE', `plugin "libp2p": ${SECOND_NODE}`, 'observing')
    this.#replaced = this.view.components
    this.#isAttached = false
    this.#undo.run()
    this.#parts.meter.letGo()
  }

  /** Puts our metrics in the place of those that the node had, which go on hearing everything. */
  #forwardTo(components: ComponentsLike): void {
    if (this.#before?.components === components) return
    const before = components.metrics as MetricsLike | undefined
    const targets = [before, this.#forward?.(components as never)]
    this.#parts.forwards.replace(targets.filter((target) => target !== undefined && target !== null))
    this.#before = { components, metrics: before }
  }
}

const SECOND_NODE =
  'this instance measures another node already; call libp2p() once for each node, and give each labels of its own: use(plugin, { labels: { node: "b" } })'

/** Lets libp2p start and stop the metrics that are forwarded to, as if it had been given them. */
function withLife(metrics: MetricsLike, forward: MetricsLike | undefined): MetricsLike {
  const life = startableMethods.map((method) => {
    const theirs: unknown = forward && Reflect.get(forward, method)
    return [method, () => (typeof theirs === 'function' ? (theirs.call(forward) as unknown) : undefined)]
  })
  return {
    ...metrics,
    ...(Object.fromEntries(life) as object),
    // told by name, as libp2p does: another component may depend on there being metrics
    [Symbol.for('@libp2p/service-capabilities')]: ['@libp2p/metrics'],
    [Symbol.toStringTag]: '@tidegauge/plugin-libp2p',
  } as MetricsLike
}

/** libp2p's components have events and a gater when they ask for metrics; those of others do not. */
function isNodeBag(components: unknown): components is ComponentsLike {
  if (typeof components !== 'object' || components === null) return false
  try {
    const { events, connectionGater } = components as {
      events?: ComponentsLike['events']
      connectionGater?: unknown
    }
    return typeof events?.addEventListener === 'function' && connectionGater !== undefined
  } catch {
    return false
  }
}

function assertNode(node: unknown): asserts node is ObservableNode {
  const { getConnections, addEventListener } = Object(node) as Partial<ObservableNode>
  if (typeof getConnections === 'function' && typeof addEventListener === 'function') return
  throw new OptionsError('plugin "libp2p"', [
    {
      path: 'observe(node)',
      received: typeof node,
      expected: 'a js-libp2p node, as createLibp2p returns it',
    },
  ])
}

function componentsOf(node: ObservableNode): ComponentsLike | undefined {
  const components: unknown = Reflect.get(node, 'components')
  return typeof components === 'object' && components !== null ? components : undefined
}

/** libp2p's components throw here until they were started once. */
function isRunning(components: ComponentsLike | undefined, node?: ObservableNode): boolean {
  try {
    return components?.isStarted?.() ?? (node?.status !== undefined && node.status !== 'stopped')
  } catch {
    return false
  }
}
