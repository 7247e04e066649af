import type { FamilyView, SeriesReader } from '@tidegauge/core'
import type { ByteWriter } from './byte-writer.js'
import { formatNumber } from './byte-writer.js'
import { classicBuckets } from './classic-buckets.js'

/**
 * Writes families as a JSON array: `{ name, help, type, unit?, series: [{ labels, … }] }`.
 *
 * Numbers that JSON lacks are the strings `"NaN"`, `"+Inf"` and `"-Inf"`. Buckets are cumulative:
 * `[{ le: "0.1", count: 2 }, …]`.
 */
export function* encodeJson(
  families: readonly FamilyView[],
  { writer, chunkBytes }: { writer: ByteWriter; chunkBytes: number },
): Generator<void> {
  writer.text('[')
  for (const [i, family] of families.entries()) {
    const { name, help, kind: type, unit } = family
    const head = JSON.stringify({ name, help, type, ...(unit && { unit }) }).slice(0, -1)
    writer.text(`${i === 0 ? '' : ','}\n${head},"series":[`)
    let separator = ''
    for (const series of family.series()) {
      writer.text(separator + JSON.stringify({ labels: series.labels(), ...valueOf(family, series) }))
      separator = ','
      if (writer.position >= chunkBytes) yield
    }
    writer.text(']}')
  }
  writer.text('\n]\n')
}

function valueOf(family: FamilyView, series: SeriesReader): Record<string, unknown> {
  switch (family.kind) {
    case 'histogram':
      return histogramOf(family, series)
    case 'exponential_histogram': {
      const { buckets, sum, count } = classicBuckets(series.exponential)
      const listed = buckets.map((bucket) => ({ le: formatNumber(bucket.bound), count: bucket.count }))
      return { buckets: listed, sum: jsonNumber(sum), count }
    }
    case 'summary': {
      const values = series.quantileValues()
      const quantiles = family.quantiles.map((quantile, i) => ({ quantile, value: jsonNumber(values[i]) }))
      return { quantiles, sum: jsonNumber(series.sum), count: series.count }
    }
    case 'state_set':
      return { states: Object.fromEntries(family.states.map((state, i) => [state, series.isOn(i)])) }
    default:
      return { value: jsonNumber(series.value) }
  }
}

function histogramOf({ bounds }: FamilyView, series: SeriesReader): Record<string, unknown> {
  let count = 0
  const buckets = [...bounds, Infinity].map((bound, i) => ({
    le: formatNumber(bound),
    count: (count += series.bucketCount(i)),
  }))
  return { buckets, sum: jsonNumber(series.sum), count }
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : formatNumber(value)
}
