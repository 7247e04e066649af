import type { Logger } from '../logger.js'
import type { DropReason } from '../definition/drop-reason.js'
import { explainDrop } from './explain-drop.js'
import type { LossSubject, Losses } from '../storage/instrument-settings.js'

/** Counts what could not be recorded, and logs each kind of loss once for each instrument. */
export class LossRecorder implements Losses {
  readonly droppedByReason = new Map<DropReason, number>()
  readonly overflowedByInstrument = new Map<string, number>()
  readonly #logger: Logger
  readonly #logged = new Set<string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  dropped(subject: LossSubject, reason: DropReason, received: unknown): void {
    this.droppedByReason.set(reason, (this.droppedByReason.get(reason) ?? 0) + 1)
    this.explained(subject, reason, received)
  }

  explained(subject: LossSubject, reason: DropReason, received: unknown): void {
    const { definition, instance } = subject
    const key = `${definition.name} ${reason}`
    if (this.#logged.has(key)) return
    this.#logged.add(key)
    this.#logger.warn(
      `plugin "${instance.plugin}": ${explainDrop(definition, reason, received)}; the sample was dropped, later ones are only counted, in tidegauge_dropped_samples_total{reason="${reason}"}`,
    )
  }

  /** Adds what another registry lost, and logs none of it again. */
  absorb(other: LossRecorder): void {
    addTo(this.droppedByReason, other.droppedByReason)
    addTo(this.overflowedByInstrument, other.overflowedByInstrument)
    for (const key of other.#logged) this.#logged.add(key)
  }

  overflowed(subject: LossSubject): void {
    const { name, seriesLimit } = subject.definition
    this.overflowedByInstrument.set(name, (this.overflowedByInstrument.get(name) ?? 0) + 1)
    const key = `${name} overflow`
    if (this.#logged.has(key)) return
    this.#logged.add(key)
    this.#logger.warn(
      `instrument "${name}" reached its limit of ${seriesLimit} series; values of further ones go to one overflow series, raise seriesLimit or drop a label with a view`,
    )
  }
}

function addTo<K>(counts: Map<K, number>, more: ReadonlyMap<K, number>): void {
  for (const [key, count] of more) counts.set(key, (counts.get(key) ?? 0) + count)
}
