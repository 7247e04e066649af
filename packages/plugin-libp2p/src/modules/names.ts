/**
 * Labels of the groups that js-libp2p's own modules register without naming one.
 */
const knownLabels: readonly (readonly [pattern: RegExp, label: string])[] = [
  [/^libp2p_connection_manager_connections$/, 'state'],
  [/^libp2p_connection_manager_dials_total$/, 'direction'],
  [/^libp2p_connection_manager_dial_errors_total$/, 'direction'],
  [/^libp2p_connection_manager_dials_(inbound|outbound)_errors_total$/, 'error'],
  [/^libp2p_registrar_topologies$/, 'protocol'],
  [/_queue$/, 'state'],
]

/** What a group's label is called when neither the module nor {@link knownLabels} says. */
const DEFAULT_LABEL = 'name'

/**
 * A name that Prometheus takes: `libp2p_webrtc-direct_x` becomes `libp2p_webrtc_direct_x`, as
 * `@libp2p/prometheus-metrics` writes it. Empty when nothing is left.
 */
export function normalizeName(name: unknown): string {
  if (typeof name !== 'string') return ''
  const kept = name
    .trim()
    .replace(/[^a-zA-Z0-9_]/g, '_')
    .replace(/_+/g, '_')
  return /^[0-9]/.test(kept) ? `_${kept}` : kept === '_' ? '' : kept
}

/**
 * The name of a metric of this kind: a counter's ends in `_total`, and no other's does, whatever its module thought
 * (`libp2p_protocol_streams_total` is a gauge).
 * Source: Prometheus, "Metric and label naming".
 */
export function nameFor(kind: 'gauge' | 'counter' | 'histogram' | 'summary', name: unknown): string {
  const normal = normalizeName(name)
  const base = normal.replace(/_total$/, '')
  if (base === '') return normal
  return kind === 'counter' ? `${base}_total` : base
}

/** The label of a group: the module's, or one that suits the name. */
export function labelFor(name: string, label: unknown): string {
  const given = normalizeName(label)
  if (given !== '') return given
  return knownLabels.find(([pattern]) => pattern.test(name))?.[1] ?? DEFAULT_LABEL
}
