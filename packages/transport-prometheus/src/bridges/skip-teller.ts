import type { Logger } from '@tidegauge/core'
import { skipReasons, type SkipReason } from './source-family.js'

/** Counts the metrics that a pass leaves out, and tells of each once. */
export class SkipTeller {
  readonly counts = new Map<SkipReason, number>()
  readonly #logger: Logger
  readonly #told = new Set<string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  begin(): void {
    for (const reason of skipReasons) this.counts.set(reason, 0)
  }

  skip(name: string, reason: SkipReason, why: string): void {
    this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1)
    if (this.#told.has(name)) return
    this.#told.add(name)
    this.#logger.warn(`metric ${JSON.stringify(name)} is left out: ${why}`)
  }
}
