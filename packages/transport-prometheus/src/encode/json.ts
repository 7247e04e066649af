import { SeriesReader, type FamilyView, type Instrument, type StringPool } from '@tidegauge/core'
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
  { writer, pool, chunkBytes }: { writer: ByteWriter; pool: StringPool; chunkBytes: number },
): Generator<void> {
  writer.text('[')
  for (const [i, family] of families.entries()) {
    const { name, help, kind: type, unit } = family
    const head = JSON.stringify({ name, help, type, ...(unit && { unit }) }).slice(0, -1)
    writer.text(`${i === 0 ? '' : ','}\n${head},"series":[`)
    let separator = ''
    for (const instrument of family.instruments) {
      const series = new SeriesReader(instrument, family.upTo)
      while (series.next()) {
        writer.text(
          separator + JSON.stringify({ labels: labelsOf(instrument, series, pool), ...valueOf(series) }),
        )
        separator = ','
        if (writer.position >= chunkBytes) yield
      }
    }
    writer.text(']}')
  }
  writer.text('\n]\n')
}

function labelsOf(instrument: Instrument, series: SeriesReader, pool: StringPool): Record<string, string> {
  const entries = instrument.table.readers.map(({ name }, i) => [
    name,
    pool.text(series.ids[series.idsAt + i]),
  ])
  return Object.fromEntries([...Object.entries(instrument.instance.labels), ...entries])
}

function valueOf(series: SeriesReader): Record<string, unknown> {
  const { kind, bounds, quantiles, states } = series.instrument.definition
  const cell = (i: number) => series.cells[series.at + i]
  if (kind === 'histogram') {
    let count = 0
    const buckets = [...bounds, Infinity].map((bound, i) => ({
      le: formatNumber(bound),
      count: (count += cell(i)),
    }))
    return { buckets, sum: jsonNumber(cell(bounds.length + 1)), count }
  }
  if (kind === 'exponential_histogram') {
    const { buckets, sum, count } = classicBuckets(series.exponential)
    const told = buckets.map((bucket) => ({ le: formatNumber(bucket.bound), count: bucket.count }))
    return { buckets: told, sum: jsonNumber(sum), count }
  }
  if (kind === 'summary') {
    const { window } = series
    const values = window.quantiles(quantiles)
    const told = values.map((value, i) => ({ quantile: quantiles[i], value: jsonNumber(value) }))
    return { quantiles: told, sum: jsonNumber(window.sum), count: window.count }
  }
  if (kind === 'state_set')
    return { states: Object.fromEntries(states.map((state, i) => [state, cell(i) === 1])) }
  return { value: jsonNumber(series.value) }
}

function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : formatNumber(value)
}
