import type { Logger } from './logger.js'

type Level = 'info' | 'warn'

/**
 * Messages for the operator, each logged once.
 *
 * A source may be observed before the host gives a logger: messages until then are logged when it does.
 */
export class LogOnce {
  readonly #logged = new Set<string>()
  readonly #waiting: { level: Level; message: string }[] = []
  #logger: Logger | undefined

  info(key: string, message: string): void {
    this.#log('info', key, message)
  }

  warn(key: string, message: string): void {
    this.#log('warn', key, message)
  }

  /**
   * Runs our code inside other code, such as a listener: what it throws is logged, not thrown, because there it would
   * end the process.
   */
  guard<R>(what: string, work: () => R): R | undefined {
    try {
      return work()
    } catch (thrown) {
      this.warn(`guard ${what}`, `${what} failed: ${String(thrown)}`)
      return undefined
    }
  }

  /** Logs the messages that waited, and from now on at once. */
  useLogger(logger: Logger): void {
    this.#logger = logger
    for (const { level, message } of this.#waiting.splice(0)) logger[level](message)
  }

  #log(level: Level, key: string, message: string): void {
    if (this.#logged.has(key)) return
    this.#logged.add(key)
    if (this.#logger === undefined) this.#waiting.push({ level, message })
    else this.#logger[level](message)
  }
}
