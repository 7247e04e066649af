import type { SeriesKind } from '../definition/definition.js'
import type { Instrument } from '../storage/instrument.js'

/** Which families a reader wants. */
export interface ReadFilter {
  /** Names on the wire, without suffixes such as `_bucket`. */
  readonly names?: ReadonlySet<string>
  /** Names of plugins; `tidegauge` for the self-metrics. */
  readonly plugins?: ReadonlySet<string>
}

/** Everything that is exported under one name: what a transport writes one header for. */
export interface FamilyView {
  readonly name: string
  readonly dottedName: string | undefined
  readonly kind: SeriesKind
  readonly help: string
  readonly unit: string | undefined
  /** One for each plugin instance that records under this name; their constant labels differ. */
  readonly instruments: readonly Instrument[]
  /** Series that are serial after this serial number don't belong to this reading. */
  readonly upTo: number
  /** When a series came, by its `serial`, in milliseconds since the Unix epoch, to within a second. */
  readonly createdMs: (serial: number) => number
}
