import type { Logger } from '../logger.js'
import type { DropReason } from '../definition/drop-reason.js'
import type { Instrument, Losses } from '../storage/instrument.js'

/** Counts what could not be recorded, and tells of each kind of loss once for each instrument. */
export class LossRecorder implements Losses {
  readonly droppedByReason = new Map<DropReason, number>()
  readonly overflowedByInstrument = new Map<string, number>()
  readonly #logger: Logger
  readonly #logged = new Set<string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  dropped(instrument: Instrument, reason: DropReason): void {
    this.droppedByReason.set(reason, (this.droppedByReason.get(reason) ?? 0) + 1)
    const { name } = instrument.definition
    this.#tellOnce(
      `${name} ${reason}`,
      `instrument "${name}" dropped a sample: ${reason}; later ones are only counted, in tidegauge_dropped_samples_total`,
    )
  }

  overflowed(instrument: Instrument): void {
    const { name, seriesLimit } = instrument.definition
    this.overflowedByInstrument.set(name, (this.overflowedByInstrument.get(name) ?? 0) + 1)
    this.#tellOnce(
      `${name} overflow`,
      `instrument "${name}" reached its limit of ${seriesLimit} series; values of further ones go to one overflow series, raise seriesLimit or drop a label with a view`,
    )
  }

  #tellOnce(key: string, message: string): void {
    if (this.#logged.has(key)) return
    this.#logged.add(key)
    this.#logger.warn(message)
  }
}
