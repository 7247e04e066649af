import { UndoList } from '@tidegauge/attach'
import { hasInternals } from './internals.js'
import type { MetricsDeps } from './metrics/create-metrics.js'
import type { ForwardFactory, MetricsLike } from './metrics/metrics-like.js'
import type { NodeView } from './node-view.js'
import type { ShapeCheck } from './shape-check.js'
import { connectionOf, type ConnectionLike } from './shapes.js'

/** What a {@link LateWatcher} is made with. */
export interface LateWatcherDeps extends MetricsDeps {
  readonly view: NodeView
  readonly shape: ShapeCheck
  /** Our implementation of libp2p's `Metrics`. */
  readonly metrics: MetricsLike
  readonly forward: ForwardFactory | undefined
}

/** Watches the connections of a node from now on, where libp2p itself listens, so that none is missed. */
export function watchConnections(view: NodeView, { traffic, logOnce }: MetricsDeps, undo: UndoList): void {
  const { events } = view
  const opened = (event: Event): void =>
    logOnce.guard('counting a connection', () => traffic.connectionOpened(connectionOf(event), view.muxers))
  const closed = (event: Event): void => traffic.connectionClosed(connectionOf(event))
  events?.addEventListener('connection:open', opened)
  events?.addEventListener('connection:close', closed)
  undo.add(() => {
    events?.removeEventListener('connection:open', opened)
    events?.removeEventListener('connection:close', closed)
  })
}

/**
 * Watches one node that was created without our metrics, and restores it.
 *
 * Connections and streams that are open are counted from now on; what they moved before is not known. Neither is what
 * modules registered in their constructors.
 */
export class LateWatcher {
  readonly #deps: LateWatcherDeps
  /** The metrics that the node had. Every call is passed on to them. */
  readonly #before: MetricsLike | undefined
  readonly #undo = new UndoList()
  #isWatching = false

  constructor(deps: LateWatcherDeps) {
    const { components } = deps.view
    this.#deps = deps
    this.#before = components?.metrics as MetricsLike | undefined
    if (components === undefined) return
    const targets = [this.#before, deps.forward?.(components as never)]
    deps.forwards.replace(targets.filter((target) => target !== undefined && target !== null))
  }

  /** Does nothing to a node that is not known. */
  start(): void {
    if (this.#isWatching || !this.#deps.shape.isKnownNode()) return
    this.#isWatching = true
    const { view, traffic, logOnce } = this.#deps
    traffic.start('removable')
    this.#undo.add(() => traffic.stop())
    watchConnections(view, this.#deps, this.#undo)
    const { components, node } = view
    if (!hasInternals(node, 'node', logOnce))
      for (const connection of view.connections()) traffic.connectionOpened(connection, undefined)
    if (components === undefined) return
    for (const part of [components, node]) if (part !== undefined) this.#replaceMetrics(part)
    for (const connection of view.connections()) this.#countFromNow(connection)
    logOnce.info(
      'late',
      'the node was created without the metrics of this plugin: bytes count from now on, and what its modules registered before is missing; pass metrics to createLibp2p to have everything',
    )
  }

  /** Restores the node. */
  stop(): void {
    this.#isWatching = false
    this.#undo.run()
  }

  /**
   * libp2p reads its metrics at each use, so that a replacement works at once. When other code has put its own over
   * ours, ours are called by them.
   */
  #replaceMetrics(part: { metrics?: unknown }): void {
    const { metrics } = this.#deps
    if (part.metrics !== this.#before) return
    part.metrics = metrics
    this.#undo.add(() => {
      if (part.metrics === metrics) part.metrics = this.#before
    })
  }

  #countFromNow(connection: ConnectionLike): void {
    const { view, traffic, logOnce } = this.#deps
    if (hasInternals(connection, 'connection', logOnce)) traffic.trackTransport(connection.maConn!, 'now')
    traffic.connectionOpened(connection, view.muxers)
    for (const stream of connection.streams) if (stream.protocol) traffic.trackStream(stream, 'now')
  }
}
