import type { SeriesKind } from '../definition/definition.js'
import type { ResolvedDefinition, ResolvedLabel } from '../definition/resolve.js'
import type { Instrument } from '../storage/instrument.js'
import { SeriesReader, type Reading } from './series-reader.js'

/** Which families a reader wants. */
export interface ReadFilter {
  /** Names on the wire, without suffixes such as `_bucket`. */
  readonly names?: ReadonlySet<string>
  /** Names of plugins; `tidegauge` for the self-metrics. */
  readonly plugins?: ReadonlySet<string>
}

/** Everything that is exported under one name: what a transport writes one header for. */
export class FamilyView {
  readonly name: string
  readonly dottedName: string | undefined
  readonly kind: SeriesKind
  readonly help: string
  readonly unit: string | undefined
  /** The labels of every series, in the order in which they are written. Constant labels come with the parts. */
  readonly labels: readonly ResolvedLabel[]
  /** A histogram's upper bounds without `+Inf`; empty for other kinds. */
  readonly bounds: readonly number[]
  /** A summary's quantiles; empty for other kinds. */
  readonly quantiles: readonly number[]
  /** A state set's states; empty for other kinds. */
  readonly states: readonly string[]
  /** One for each plugin instance that records under this name; their constant labels differ. */
  readonly parts: readonly FamilyPart[]

  constructor(definition: ResolvedDefinition, instruments: readonly Instrument[], reading: Reading) {
    this.name = definition.name
    this.dottedName = definition.dottedName
    this.kind = definition.kind
    this.help = definition.help
    this.unit = definition.unit
    this.labels = definition.labels
    this.bounds = definition.bounds
    this.quantiles = definition.quantiles
    this.states = definition.states
    this.parts = instruments.map((instrument) => new FamilyPart(instrument, reading))
  }

  /**
   * Walks all series of all parts. The same reader object is yielded for each series of a part: read what you need
   * before you take the next, and before any `await`.
   */
  *series(): Generator<SeriesReader, void, undefined> {
    for (const part of this.parts) {
      const reader = part.series()
      while (reader.next()) yield reader
    }
  }
}

/** The series that one plugin instance records under a family's name. */
export class FamilyPart {
  readonly plugin: string
  readonly version: string
  /** Written on every series, before its own labels. */
  readonly constantLabels: Readonly<Record<string, string>>
  readonly #instrument: Instrument
  readonly #reading: Reading

  constructor(instrument: Instrument, reading: Reading) {
    const { plugin, version, labels } = instrument.instance
    this.plugin = plugin
    this.version = version
    this.constantLabels = labels
    this.#instrument = instrument
    this.#reading = reading
  }

  /** The same object in every reading of this part: a key for what a transport remembers of it. */
  get key(): object {
    return this.#instrument
  }

  /** How many series there are now. */
  get size(): number {
    return this.#instrument.table.size
  }

  /** Slots below this number have been used. */
  get slots(): number {
    return this.#instrument.table.end
  }

  /** The serial number of the series that a slot holds now; 0 for none. */
  serialAt(slot: number): number {
    const { table } = this.#instrument
    return slot < table.end ? table.serial.get(slot) : 0
  }

  /** Starts reading the series from the first. */
  series(): SeriesReader {
    return new SeriesReader(this.#instrument, this.#reading)
  }
}
