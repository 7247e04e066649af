import type { Clock } from '../clock.js'
import type { DropReason } from '../definition/drop-reason.js'
import type { ResolvedDefinition } from '../definition/resolve.js'
import type { PluginInstance } from './plugin-instance.js'
import type { SeriesTable } from './series-table.js'

/** What a loss is reported of. */
export interface LossSubject {
  readonly definition: ResolvedDefinition
  readonly instance: PluginInstance
}

/** What an instrument reports of samples that it could not take as they were. */
export interface Losses {
  /** `received` is what the caller passed: its labels or its value. */
  dropped(of: LossSubject, reason: DropReason, received: unknown): void
  /** Logs the same without counting. */
  explained(of: LossSubject, reason: DropReason, received: unknown): void
  overflowed(of: LossSubject): void
}

/** Something that keeps numbers by an instrument's slots. */
export interface SlotColumn {
  reserve(slot: number): void
  clear(slot: number): void
}

/** What an instrument is made with beside its definition. */
export interface InstrumentSettings {
  readonly instance: PluginInstance
  readonly table: SeriesTable
  readonly clock: Clock
  readonly losses: Losses
  /** The labels that callers give; more than the table's where a view drops some. */
  readonly callerLabels: readonly string[]
  /** Whether a view makes one series of several of the callers'. Default: false. */
  readonly isMerged?: boolean
}
