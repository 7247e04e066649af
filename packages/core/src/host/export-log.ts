import type { Clock } from '../clock.js'
import type { Logger } from '../logger.js'

/** While a transport keeps failing it is logged this often. */
const REPEAT_MS = 300_000

/** Logs when the exports of a transport start to fail and succeed again, not each failure. */
export class ExportLog {
  readonly #clock: Clock
  readonly #logger: Logger
  /** Since the last success. */
  #failures = 0
  #loggedAtMs = 0

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock
    this.#logger = logger
  }

  failed(error: string): void {
    const nowMs = this.#clock.monotonic()
    const isFirst = ++this.#failures === 1
    if (!isFirst && nowMs - this.#loggedAtMs < REPEAT_MS) return
    this.#loggedAtMs = nowMs
    const since = isFirst ? '' : ` (${this.#failures} failures since the last success)`
    this.#logger.error(`an export failed: ${error}${since}`)
  }

  succeeded(): void {
    if (this.#failures > 1) this.#logger.info(`exports succeed again, after ${this.#failures} failures`)
    else if (this.#failures === 1) this.#logger.info('exports succeed again')
    this.#failures = 0
  }
}
