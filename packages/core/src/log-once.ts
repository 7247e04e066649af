import type { Logger } from './logger.js'

type Level = 'info' | 'warn'

/**
 * Things to tell the operator, each once.
 *
 * A node lives before the host gives a logger: what is noticed until then is reported when it comes.
 */
export class LogOnce {
  readonly #logged = new Set<string>()
  readonly #waiting: { level: Level; message: string }[] = []
  #logger: Logger | undefined

  info(key: string, message: string): void {
    this.#tell('info', key, message)
  }

  warn(key: string, message: string): void {
    this.#tell('warn', key, message)
  }

  /**
   * Does something in the middle of somebody else's work: what it throws is reported, not thrown. A listener that
   * throws would end the process.
   */
  guard<R>(what: string, work: () => R): R | undefined {
    try {
      return work()
    } catch (thrown) {
      this.warn(`guard ${what}`, `${what} failed: ${String(thrown)}`)
      return undefined
    }
  }

  /** Tells what has waited, and everything from now on. */
  useLogger(logger: Logger): void {
    this.#logger = logger
    for (const { level, message } of this.#waiting.splice(0)) logger[level](message)
  }

  #tell(level: Level, key: string, message: string): void {
    if (this.#logged.has(key)) return
    this.#logged.add(key)
    if (this.#logger === undefined) this.#waiting.push({ level, message })
    else this.#logger[level](message)
  }
}
