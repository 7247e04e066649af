import type { Column } from './column.js'
import { FrontCache } from './front-cache.js'
import { SeriesPlace } from './series-place.js'
import type { SeriesTable } from './series-table.js'

/**
 * Puts labels that are in the table into its front cache, as a copy: a getter may return another value each time.
 * Returns false when the cache has no room for them, and then it is gone.
 */
export function cacheLabels(
  table: SeriesTable,
  cells: Column<Float64Array>,
  labels: Readonly<Record<string, unknown>>,
): boolean {
  const names = table.readers.map(({ name }) => name)
  const copy = Object.fromEntries(names.map((name) => [name, labels[name]]))
  const slot = names.length > 0 ? table.find(copy) : -1
  if (slot < 0) return true
  const front = table.front ?? new FrontCache(names)
  table.front = front.add(copy, new SeriesPlace(slot, cells.pageFor(slot), cells.indexOf(slot)))
  return table.front !== undefined
}
