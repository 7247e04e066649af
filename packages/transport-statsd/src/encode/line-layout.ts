import type { FamilyView } from '@tidegauge/core'
import type { LineSettings } from './line-settings.js'
import { createLineTemplate, type LineTemplate } from './line-template.js'
import type { LineNames } from './names.js'
import { safeDistinct } from './sanitise.js'
import { numberTag, type Tag } from './tags.js'

/** The lines that every series of a family has, in the order in which `SeriesValues` gives their values. */
export function createLineTemplates(
  family: FamilyView,
  names: LineNames,
  settings: LineSettings,
): LineTemplate[] {
  const { style } = settings
  const template = (name: string, kind: LineTemplate['kind'], extra?: Tag) =>
    createLineTemplate({ name, kind, extra }, style)
  const gauges = (quantiles: readonly number[]) =>
    quantiles.map((q) => template(names.of(), 'gauge', numberTag('quantile', q, style)))
  const totals = () => [template(names.of('count'), 'total'), template(names.of('sum'), 'sum')]
  switch (family.kind) {
    case 'counter':
      return [template(names.of(), 'total')]
    case 'state_set':
      // as in OpenMetrics: the label that names the state has the family's name
      return safeDistinct(family.states, settings).map((state) =>
        template(names.of(), 'gauge', [family.name, state]),
      )
    case 'summary':
      return [...totals(), ...gauges(family.quantiles)]
    case 'histogram':
    case 'exponential_histogram':
      if (settings.histograms === 'quantiles') return [...totals(), ...gauges(settings.quantiles)]
      // the buckets of an exponential histogram change: see `ExponentialBucketLines`
      if (family.kind === 'exponential_histogram') return totals()
      return [
        ...totals(),
        ...[...family.bounds, Number.POSITIVE_INFINITY].map((bound) =>
          template(names.of('bucket'), 'total', numberTag('le', bound, style)),
        ),
      ]
    default:
      return [template(names.of(), 'gauge')]
  }
}

/** The name of the tag that distinguishes the lines of one series, if its kind has one. */
export function lineTagOf(
  { kind, name }: FamilyView,
  histograms: LineSettings['histograms'],
): string | undefined {
  if (kind === 'state_set') return name
  if (kind === 'summary') return 'quantile'
  if (kind !== 'histogram' && kind !== 'exponential_histogram') return undefined
  return histograms === 'buckets' ? 'le' : 'quantile'
}
