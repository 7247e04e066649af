import type { Instrument } from '../storage/instrument.js'
import type { Reduction } from '../definition/definition.js'

/**
 * Brings a gauge up to date whose labels a view reduced, from the full series that are kept beside it.
 *
 * Gauges can't be reduced while they are set (a sum would need every old value), so this runs before a read.
 */
export function reduceGauge(full: Instrument, reduced: Instrument, reduce: Reduction): void {
  const columns = reduced.table.readers.map((reader) =>
    full.table.readers.findIndex((r) => r.name === reader.name),
  )
  const groups = new Map<number, number[]>()
  for (let slot = 0; slot < full.table.end; slot++) {
    if (!full.table.isLive(slot)) continue
    const texts = full.table.texts(slot)
    const target = reduced.slotOfDerived(columns.map((i) => texts[i]))
    if (target < 0) continue
    const values = groups.get(target)
    if (values === undefined) groups.set(target, [full.cells.get(slot)])
    else values.push(full.cells.get(slot))
  }
  for (let slot = 0; slot < reduced.table.end; slot++) if (!groups.has(slot)) reduced.remove(slot)
  for (const [slot, values] of groups) reduced.cells.set(slot, reducers[reduce](values))
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)

const reducers: Readonly<Record<Reduction, (values: readonly number[]) => number>> = {
  sum,
  max: (values) => values.reduce((a, b) => Math.max(a, b)),
  min: (values) => values.reduce((a, b) => Math.min(a, b)),
  mean: (values) => sum(values) / values.length,
}
