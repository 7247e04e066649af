import { createTidegauge, type Handles, type InstrumentTable, type KnownFields } from '@tidegauge/core'

/** The handles of a table in a running host of its own. */
export async function tidegaugeHandles<const T extends InstrumentTable>(
  table: T & KnownFields<T>,
): Promise<Handles<T>> {
  const host = createTidegauge()
  const handles = host.instruments<T>('bench', table, { intervalMs: 0 })
  await host.start()
  return handles
}
