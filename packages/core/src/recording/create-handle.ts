import type { Instrument } from '../storage/instrument.js'
import type { SourceTotals } from './following/source-totals.js'
import { CounterHandle, CounterSeries } from './counter.js'
import type { SeriesKind } from '../definition/definition.js'
import { createDistribution, DistributionHandle } from './distribution.js'
import { GaugeHandle, GaugeSeries } from './gauge.js'
import { InfoHandle } from './info.js'
import { StateSetHandle, StateSetSeries } from './state-set.js'
import { UpDownCounterHandle, UpDownCounterSeries } from './up-down-counter.js'

const zeroKinds: ReadonlySet<SeriesKind> = new Set([
  'counter',
  'up_down_counter',
  'histogram',
  'exponential_histogram',
  'summary',
])

/** The handle that a plugin records with; series that exist from the start are made here. */
export function createHandle(instrument: Instrument, totals: SourceTotals): unknown {
  const { definition } = instrument
  if (zeroKinds.has(definition.kind)) startAtZero(instrument)
  const isPlain = instrument.hasNoCallerLabels
  const place = () => (zeroKinds.has(definition.kind) ? instrument.slotForTexts([]).slot : [])
  switch (definition.kind) {
    case 'counter': {
      if (!isPlain) return new CounterHandle(instrument, totals)
      const series = instrument.bound.at(0, () => new CounterSeries(instrument, place()))
      series.totals = totals
      return series
    }
    case 'up_down_counter':
      return isPlain
        ? instrument.bound.at(0, () => new UpDownCounterSeries(instrument, place()))
        : new UpDownCounterHandle(instrument)
    case 'gauge':
      return isPlain ? new GaugeSeries(instrument, place()) : new GaugeHandle(instrument)
    case 'state_set':
      return isPlain ? new StateSetSeries(instrument, place()) : new StateSetHandle(instrument)
    case 'info':
      return new InfoHandle(instrument)
    default: {
      if (!isPlain) return new DistributionHandle(instrument, totals)
      const series = instrument.bound.at(0, () => createDistribution(instrument, place()))
      series.totals = totals
      return series
    }
  }
}

/** Makes every series of a closed label set, so that a counter is there before its first event. */
function startAtZero(instrument: Instrument): void {
  if (instrument.definition.hasOpenLabels) return
  let tuples: Record<string, string>[] = [{}]
  for (const { name, values = [] } of instrument.definition.labels)
    tuples = tuples.flatMap((tuple) => values.map((value) => ({ ...tuple, [name]: value })))
  for (const labels of tuples) {
    const texts = instrument.table.read(labels)
    if (typeof texts !== 'string') instrument.slotForTexts(texts)
  }
}
