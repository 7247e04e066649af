import { OptionCheck, type Transport, type TransportContext } from '@tidegauge/core'
import { version } from '../version.js'
import { expose } from './expose.js'
import { isOpenMetrics } from './prom-registry.js'

/** What `serveThrough()` needs of a registry of prom-client or @prometheus-io/client. */
export interface ServingRegistry {
  metrics(): Promise<string>
  readonly contentType?: string
}

/** What `serveThrough()` takes. */
export interface ServeThroughOptions {
  /** The transport's name in routes and reports. Default `prom-client`. */
  readonly name?: string
  /** How long a scrape collects. Default 10,000. */
  readonly scrapeTimeoutMs?: number
}

/**
 * Serves Tidegauge's families from the `/metrics` that an application has: `register.metrics()` then gives the
 * registry's own text and ours after it, in the format that the registry is set to.
 *
 * While the host runs, `metrics` of this one registry object is wrapped; stopping puts back what was there. Families
 * whose name the registry has are left out, and told once. What goes wrong on our side never costs the application
 * its own metrics. Throws `OPTIONS_INVALID`.
 */
export function serveThrough(register: ServingRegistry, options?: ServeThroughOptions): Transport {
  const settings = parseOptions(register, options)
  let serving: Serving | undefined
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    start(context) {
      serving = new Serving(register, context, settings.scrapeTimeoutMs)
      serving.wrap()
    },
    stop() {
      serving?.unwrap()
      serving = undefined
    },
    describe: () => ({ through: 'register.metrics()' }),
  }
}

function parseOptions(register: ServingRegistry, options: ServeThroughOptions | undefined) {
  const check = new OptionCheck('transport "prom-client"')
  const expected = 'a registry of prom-client or @prometheus-io/client'
  check.expect(typeof register?.metrics === 'function', 'register', register, expected)
  const given = check.object('', options, ['name', 'scrapeTimeoutMs']) as ServeThroughOptions
  const settings = {
    name: check.text('name', given.name, 'prom-client'),
    scrapeTimeoutMs: check.integer('scrapeTimeoutMs', given.scrapeTimeoutMs, 10_000, 1, 2 ** 31 - 1),
  }
  check.assertNoIssues()
  return settings
}

/** One registry while it is wrapped. */
class Serving {
  readonly #register: ServingRegistry
  readonly #scrapeTimeoutMs: number
  readonly #told = new Set<string>()
  #context: TransportContext | undefined
  #inFlight = 0
  #theirs: ServingRegistry['metrics'] | undefined
  #own: PropertyDescriptor | undefined

  constructor(register: ServingRegistry, context: TransportContext, scrapeTimeoutMs: number) {
    this.#register = register
    this.#context = context
    this.#scrapeTimeoutMs = scrapeTimeoutMs
  }

  wrap(): void {
    const register = this.#register
    this.#own = Object.getOwnPropertyDescriptor(register, 'metrics')
    // called as a method of the registry below
    this.#theirs = Reflect.get<ServingRegistry, 'metrics'>(register, 'metrics')
    Object.defineProperty(register, 'metrics', {
      value: this.#metrics,
      configurable: true,
      enumerable: false,
      writable: true,
    })
  }

  /** Where somebody wrapped it again since, ours stays in between and adds nothing. */
  unwrap(): void {
    this.#context = undefined
    if (Reflect.get(this.#register, 'metrics') !== this.#metrics) return
    if (this.#own === undefined) Reflect.deleteProperty(this.#register, 'metrics')
    else Object.defineProperty(this.#register, 'metrics', this.#own)
  }

  readonly #metrics = async (...args: []): Promise<string> => {
    const context = this.#context
    const theirs = this.#theirs!.apply(this.#register, args)
    if (context === undefined) return theirs
    this.#inFlight++
    try {
      const [text] = await Promise.all([theirs, this.#collect(context)])
      return await this.#append(context, text)
    } finally {
      this.#inFlight--
    }
  }

  #collect(context: TransportContext): Promise<void> {
    return context.collect({ deadlineMs: context.clock.monotonic() + this.#scrapeTimeoutMs })
  }

  async #append(context: TransportContext, theirs: string): Promise<string> {
    try {
      const format = isOpenMetrics(this.#register) ? 'openmetrics' : 'text'
      const { text, skipped } = await expose(context, theirs, format)
      for (const name of skipped) this.#tell(context, name)
      context.report({ outcome: 'success', queueSize: this.#inFlight - 1 })
      return text
    } catch (error) {
      context.report({ outcome: 'failure', error, queueSize: this.#inFlight - 1 })
      return theirs
    }
  }

  #tell({ logger }: TransportContext, name: string): void {
    if (this.#told.has(name)) return
    this.#told.add(name)
    logger.warn(
      `metric ${JSON.stringify(name)} is left out of the registry's page: the registry has a metric of that name, or one whose samples have it; route the plugin elsewhere, or rename one of them`,
    )
  }
}
