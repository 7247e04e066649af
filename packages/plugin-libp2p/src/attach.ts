import type { UndoList } from '@tidegauge/attach'
import type { LogOnce } from '@tidegauge/core'
import type { Meter } from './bandwidth/meter.js'
import type { MetricsLike } from './hook/metrics-like.js'
import type { NodeView } from './node/node-view.js'
import { connectionOf, type ConnectionLike } from './node/shapes.js'

/** Where it is counted, and told what can't be. */
export interface Counting {
  readonly meter: Meter
  readonly logOnce: LogOnce
}

/** The connections of the node, from now on. Listens where libp2p itself does, so that none is missed. */
export function followConnections(view: NodeView, { meter, logOnce }: Counting, undo: UndoList): void {
  const { events } = view
  const opened = (event: Event): void =>
    logOnce.guard('counting a connection', () => meter.trackConnection(connectionOf(event), view.muxers))
  const closed = (event: Event): void => meter.connectionEnded(connectionOf(event))
  events?.addEventListener('connection:open', opened)
  events?.addEventListener('connection:close', closed)
  undo.add(() => {
    events?.removeEventListener('connection:open', opened)
    events?.removeEventListener('connection:close', closed)
  })
}

/** What a node that was created without our metrics is attached with. */
export interface LateParts extends Counting {
  /** Our implementation of libp2p's `Metrics`; it forwards to what the node had, if it had any. */
  readonly metrics: MetricsLike
  /** What the node had before. */
  readonly before: MetricsLike | undefined
}

/**
 * Attaches to a node that lives already. `undo` takes everything back.
 *
 * Connections and streams that are open are counted from now on; what they moved before is not known. Neither
 * are the metrics that modules registered, and the functions that they traced, while they were constructed.
 */
export function attachLate(view: NodeView, parts: LateParts, undo: UndoList): void {
  const { meter, logOnce } = parts
  meter.watch('removable')
  undo.add(() => meter.letGo())
  followConnections(view, parts, undo)
  const { components, node } = view
  if (components === undefined) {
    logOnce.warn(
      'components',
      'this node does not show its components: its bytes and streams are not counted',
    )
    for (const connection of view.connections()) meter.trackConnection(connection, undefined)
    return
  }
  for (const owner of [components, node]) if (owner !== undefined) replaceMetrics(owner, parts, undo)
  for (const connection of view.connections()) countFromNow(view, meter, connection, logOnce)
  logOnce.info(
    'late',
    'the node was created without the metrics of this plugin: bytes count from now on, and what its modules registered before is missing; pass metrics to createLibp2p to have it all',
  )
}

function countFromNow(view: NodeView, meter: Meter, connection: ConnectionLike, logOnce: LogOnce): void {
  if (connection.maConn !== undefined) meter.trackTransport(connection.maConn, 'now')
  else
    logOnce.warn(
      'maConn',
      'connections that were open before do not show their transport: their bytes are missing from the total',
    )
  meter.trackConnection(connection, view.muxers)
  for (const stream of connection.streams) if (stream.protocol) meter.trackStream(stream, 'now')
}

/**
 * libp2p looks its metrics up at each use, so that a replacement is seen at once. Where somebody has put theirs
 * over ours, ours are reached through them.
 */
function replaceMetrics(owner: { metrics?: unknown }, { metrics, before }: LateParts, undo: UndoList): void {
  if (owner.metrics !== before) return
  owner.metrics = metrics
  undo.add(() => {
    if (owner.metrics === metrics) owner.metrics = before
  })
}
