import { RegistrationError } from '../errors/errors.js'
import type { SeriesKind } from '../definition/definition.js'
import type { ResolvedDefinition } from '../definition/resolve.js'
import type { Instrument } from '../storage/instrument.js'
import type { PluginInstance } from '../storage/plugin-instance.js'
import { FamilyView, type ReadFilter } from './reading.js'
import type { Reading } from './series-reader.js'

interface Family {
  readonly definition: ResolvedDefinition
  readonly instruments: Instrument[]
}

/** Suffixes of the sample names that the text formats make of a name, by kind. */
const suffixes: Partial<Record<SeriesKind, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count', '_created'],
  exponential_histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['_sum', '_count', '_created'],
}

/** Which instruments are exported under which name. */
export class FamilyIndex {
  readonly #families = new Map<string, Family>()
  /** The family that each sample name belongs to. */
  readonly #sampleNames = new Map<string, string>()

  /** Throws `REGISTRATION_NAME_CLASH` when the name, or a sample name made of it, means something else already. */
  add(instrument: Instrument): void {
    const { definition } = instrument
    const family = this.#families.get(definition.name)
    if (family !== undefined) {
      assertAlike(family, instrument)
      family.instruments.push(instrument)
      return
    }
    for (const name of sampleNames(definition)) {
      const other = this.#sampleNames.get(name)
      if (other !== undefined)
        throw clash(instrument, this.#families.get(other)!, `its sample name "${name}" is taken`)
    }
    for (const name of sampleNames(definition)) this.#sampleNames.set(name, definition.name)
    this.#families.set(definition.name, { definition, instruments: [instrument] })
  }

  remove(instrument: Instrument): void {
    const family = this.#families.get(instrument.definition.name)
    const at = family?.instruments.indexOf(instrument) ?? -1
    if (family === undefined || at < 0) return
    family.instruments.splice(at, 1)
    if (family.instruments.length > 0) return
    this.#families.delete(instrument.definition.name)
    for (const name of sampleNames(instrument.definition)) this.#sampleNames.delete(name)
  }

  /** The families with an instrument that is wanted, in the order of registration, each brought up to date. */
  views(
    filter: ReadFilter,
    accepts: (instance: PluginInstance) => boolean,
    source: Omit<Reading, 'upTo'>,
  ): FamilyView[] {
    const matching = this.#matching(filter, accepts)
    for (const { instruments } of matching) for (const instrument of instruments) instrument.refresh?.()
    // after the refresh: series that it created belong to this reading
    const reading = { ...source, upTo: source.creations.last }
    return matching.map(({ definition, instruments }) => new FamilyView(definition, instruments, reading))
  }

  #matching({ names, plugins }: ReadFilter, accepts: (instance: PluginInstance) => boolean): Family[] {
    const matching: Family[] = []
    for (const { definition, instruments } of this.#families.values()) {
      if (names !== undefined && !names.has(definition.name)) continue
      const mine = instruments.filter(
        ({ instance }) => accepts(instance) && (plugins?.has(instance.plugin) ?? true),
      )
      if (mine.length > 0) matching.push({ definition, instruments: mine })
    }
    return matching
  }
}

function sampleNames({ name, kind }: ResolvedDefinition): string[] {
  return [name, ...(suffixes[kind] ?? []).map((suffix) => name + suffix)]
}

/** Several plugin instances share a name when they agree on all that is exported with it. */
function assertAlike(family: Family, instrument: Instrument): void {
  if (shape(family.definition) !== shape(instrument.definition))
    throw clash(instrument, family, 'its kind, labels, unit or bounds differ')
  const same = family.instruments.find(({ instance }) =>
    sameLabels(instance.labels, instrument.instance.labels),
  )
  if (same !== undefined)
    throw clash(instrument, { ...family, instruments: [same] }, 'the constant labels are the same')
}

function shape({ kind, unit, labels, bounds, quantiles, states }: ResolvedDefinition): string {
  return JSON.stringify([kind, unit, labels, bounds, quantiles, states])
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(Object.entries(a).sort(byName)) === JSON.stringify(Object.entries(b).sort(byName))
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}

function clash(instrument: Instrument, family: Family, why: string): RegistrationError {
  const { definition, instance } = instrument
  const shown = ({ name, kind, labels }: ResolvedDefinition) =>
    `${kind} "${name}" {${labels.map((label) => label.name).join(', ')}}`
  const existing = family.instruments[0]
  const advice =
    existing.instance !== instance && shape(definition) === shape(existing.definition)
      ? 'give each labels of its own: use(plugin, { labels: { node: "b" } })'
      : 'choose another name'
  return new RegistrationError(
    'REGISTRATION_NAME_CLASH',
    `plugin "${instance.plugin}": ${shown(definition)} can't be registered beside ${shown(existing.definition)} of plugin "${existing.instance.plugin}": ${why}; ${advice}`,
    { existing: existing.definition, rejected: definition },
  )
}
