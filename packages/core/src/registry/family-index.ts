import { RegistrationError } from '../errors/errors.js'
import type { SeriesKind } from '../definition/definition.js'
import type { ResolvedDefinition } from '../definition/resolve.js'
import type { Instrument } from '../storage/instrument.js'
import type { CreationLog } from '../storage/creation-log.js'
import type { PluginInstance } from '../storage/plugin-instance.js'
import type { FamilyView, ReadFilter } from './reading.js'

interface Family {
  readonly definition: ResolvedDefinition
  readonly instruments: Instrument[]
}

/** Suffixes of the sample names that the text formats make of a name, by kind. */
const suffixes: Partial<Record<SeriesKind, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  exponential_histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
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

  views(
    filter: ReadFilter,
    accepts: (instance: PluginInstance) => boolean,
    creations: CreationLog,
  ): FamilyView[] {
    return this.#matching(filter, accepts).map(({ definition, instruments }) => ({
      name: definition.name,
      dottedName: definition.dottedName,
      kind: definition.kind,
      help: definition.help,
      unit: definition.unit,
      instruments,
      upTo: creations.last,
      createdMs: (serial) => creations.timeOf(serial),
    }))
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

/** Instances of one plugin share a name when they agree on all that is exported with it. */
function assertAlike(family: Family, instrument: Instrument): void {
  const first = family.instruments[0]
  if (first.instance.plugin !== instrument.instance.plugin)
    throw clash(instrument, family, 'the name is taken')
  if (shape(family.definition) !== shape(instrument.definition))
    throw clash(instrument, family, 'its kind, labels, unit or bounds differ')
  if (family.instruments.some(({ instance }) => sameLabels(instance.labels, instrument.instance.labels)))
    throw clash(instrument, family, 'the constant labels are the same')
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
  const tell = ({ name, kind, labels }: ResolvedDefinition) =>
    `${kind} "${name}" {${labels.map((label) => label.name).join(', ')}}`
  const existing = family.instruments[0]
  return new RegistrationError(
    'REGISTRATION_NAME_CLASH',
    `plugin "${instance.plugin}": ${tell(definition)} can't be registered beside ${tell(existing.definition)} of plugin "${existing.instance.plugin}": ${why}; choose another name, or give two instances of a plugin different labels`,
    { existing: existing.definition, rejected: definition },
  )
}
