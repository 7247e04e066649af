/**
 * A name that is valid in Prometheus: `libp2p_webrtc-direct_x` becomes `libp2p_webrtc_direct_x`, as
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
 * The name of a metric of this kind: that of a counter ends in `_total`, and no other, whatever its module calls it
 * (`libp2p_protocol_streams_total` is a gauge).
 * Source: Prometheus, "Metric and label naming".
 */
export function nameFor(kind: 'gauge' | 'counter' | 'histogram' | 'summary', name: unknown): string {
  const normal = normalizeName(name)
  const base = normal.replace(/_total$/, '')
  if (base === '') return normal
  return kind === 'counter' ? `${base}_total` : base
}

/** The label of a group: `name` when its module names none. */
export function labelFor(label: unknown): string {
  return normalizeName(label) || 'name'
}
