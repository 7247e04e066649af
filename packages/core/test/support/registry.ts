import { SeriesReader, silentLogger, type FamilyView } from '@tidegauge/core'
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
export function readSeries(registry: Registry, view: FamilyView): { labels: string[]; cells: number[] }[] {
  const series: { labels: string[]; cells: number[] }[] = []
  for (const instrument of view.instruments) {
    const reader = new SeriesReader(instrument, view.upTo)
    while (reader.next()) series.push(readOne(registry, reader))
  }
  return series
}

/** The series that a reader stands on. */
export function readOne(registry: Registry, reader: SeriesReader): { labels: string[]; cells: number[] } {
  const { table, definition } = reader.instrument
  return {
    labels: table.readers.map((_, i) => registry.pool.text(reader.ids[reader.idsAt + i])),
    cells: [...reader.cells.subarray(reader.at, reader.at + definition.cells)],
  }
}
