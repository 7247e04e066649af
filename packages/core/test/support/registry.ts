import { silentLogger, type FamilyView, type SeriesReader } from '@tidegauge/core'
import { createManualClock } from '@tidegauge/testkit'
import { createPluginInstance } from '../../src/storage/plugin-instance.js'
import { Registry, type RegistrySettings } from '../../src/registry/registry.js'

/** A registry of its own with a clock that stands still. */
export function createRegistry(settings: Partial<RegistrySettings> = {}) {
  const clock = createManualClock()
  const registry = new Registry({ clock, logger: silentLogger, ...settings })
  return { clock, registry, instance: createPluginInstance('probe') }
}

/** The label sets and numbers of a family, read as a transport reads them. */
export function readSeries(view: FamilyView): { labels: string[]; cells: number[] }[] {
  const series: { labels: string[]; cells: number[] }[] = []
  for (const reader of view.series()) series.push(readOne(view, reader))
  return series
}

/** The series that a reader stands on. */
export function readOne(view: FamilyView, reader: SeriesReader): { labels: string[]; cells: number[] } {
  const cells = view.kind === 'histogram' ? view.bounds.length + 2 : Math.max(view.states.length, 1)
  return {
    labels: view.labels.map((_, i) => reader.labelText(i)),
    cells: [...reader.cells.subarray(reader.at, reader.at + cells)],
  }
}
