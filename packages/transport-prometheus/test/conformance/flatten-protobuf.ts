import type { DecodedFamily } from '../support/decode-protobuf.js'
import type { FlatSample } from './samples.js'

/** Decoded families as samples. The count of a native histogram becomes its `+Inf` bucket; its buckets must add up to it. */
export function flatten(families: readonly DecodedFamily[]): FlatSample[] {
  return families.flatMap(({ name, type, metric }) =>
    metric.flatMap((one) => {
      const labels: Record<string, string> = Object.create(null)
      for (const pair of one.label) {
        if (pair.name in labels) throw new Error(`${name}: label ${pair.name} twice`)
        labels[pair.name] = pair.value
      }
      return samplesOf(name, type, one, labels)
    }),
  )
}

function samplesOf(name: string, type: number, one: any, labels: Record<string, string>): FlatSample[] {
  if (type === 0) return [{ name, labels, value: one.counter.value }]
  if (type === 1) return [{ name, labels, value: one.gauge.value }]
  const { sampleCount, sampleSum, quantile, bucket } = type === 2 ? one.summary : one.histogram
  const totals = [
    { name: `${name}_sum`, labels, value: sampleSum },
    { name: `${name}_count`, labels, value: Number(sampleCount) },
  ]
  if (type === 2)
    return [
      ...totals,
      ...quantile.map((q: any) => ({
        name,
        labels: { ...labels, quantile: String(q.quantile) },
        value: q.value,
      })),
    ]
  const buckets = bucket.map((b: any) => ({
    name: `${name}_bucket`,
    labels: { ...labels, le: String(b.upperBound) },
    value: Number(b.cumulativeCount),
  }))
  if (bucket.length > 0) return [...totals, ...buckets]
  const filled = nativeCount(one.histogram)
  return [...totals, { name: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: filled }]
}

/** Everything in a native histogram's buckets. Receivers since Prometheus 2.53 refuse one that differs from the count. */
function nativeCount({ zeroCount, positiveSpan, positiveDelta, negativeSpan, negativeDelta }: any): number {
  const total = (deltas: readonly bigint[]) => {
    let count = 0
    return deltas.reduce((sum, delta) => sum + (count += Number(delta)), 0)
  }
  const length = (spans: readonly any[]) => spans.reduce((sum, span) => sum + span.length, 0)
  for (const [spans, deltas] of [
    [positiveSpan, positiveDelta],
    [negativeSpan, negativeDelta],
  ])
    if (length(spans) !== deltas.length) throw new Error('spans and deltas differ in length')
  return Number(zeroCount) + total(positiveDelta) + total(negativeDelta)
}
