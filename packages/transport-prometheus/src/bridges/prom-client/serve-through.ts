import { LogOnce, OptionCheck, type Transport, type TransportContext } from '@tidegauge/core'
import { version } from '../../version.js'
import { expose } from './expose.js'
import { isOpenMetrics } from './prom-registry.js'

/** What `serveThrough()` needs of a registry of prom-client or @prometheus-io/client. */
export interface ServingRegistry {
  metrics(): Promise<string>
  readonly contentType?: string
}

/** Options of {@link serveThrough}. */
export interface ServeThroughOptions {
  /** The transport's name in routes and reports. Default: `prom-client`. */
  readonly name?: string
  /** How long a scrape may collect. Default: 10,000. */
  readonly scrapeTimeoutMs?: number
}

interface ServeThroughSettings {
  readonly name: string
  readonly scrapeTimeoutMs: number
}

/**
 * Makes a transport that serves Tidegauge's families from the `/metrics` page that an application already has:
 * `register.metrics()` returns the registry's own text and then ours, in the format of the registry.
 *
 * While the host runs, `metrics` of this one registry object is wrapped; stopping restores it. Families whose names
 * the registry has are left out, and logged once. When our part fails, the application still gets its own metrics.
 * Throws `OPTIONS_INVALID`.
 */
export function serveThrough(register: ServingRegistry, options?: ServeThroughOptions): Transport {
  const settings = parseOptions(register, options)
  let wrapped: WrappedRegistry | undefined
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    start(context) {
      wrapped = new WrappedRegistry(register, context, settings.scrapeTimeoutMs)
      wrapped.wrap()
    },
    stop() {
      wrapped?.restore()
      wrapped = undefined
    },
    describe: () => ({ through: 'register.metrics()' }),
  }
}

function parseOptions(
  register: ServingRegistry,
  options: ServeThroughOptions | undefined,
): ServeThroughSettings {
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

/** One registry while its `metrics` method is wrapped. */
class WrappedRegistry {
  readonly #register: ServingRegistry
  readonly #scrapeTimeoutMs: number
  readonly #logOnce = new LogOnce()
  /** Undefined after {@link restore}. */
  #context: TransportContext | undefined
  #activeScrapes = 0
  #originalMetrics: ServingRegistry['metrics'] | undefined
  #originalProperty: PropertyDescriptor | undefined

  constructor(register: ServingRegistry, context: TransportContext, scrapeTimeoutMs: number) {
    this.#register = register
    this.#context = context
    this.#scrapeTimeoutMs = scrapeTimeoutMs
    this.#logOnce.useLogger(context.logger)
  }

  wrap(): void {
    const register = this.#register
    this.#originalProperty = Object.getOwnPropertyDescriptor(register, 'metrics')
    // called as a method of the registry below
    this.#originalMetrics = Reflect.get<ServingRegistry, 'metrics'>(register, 'metrics')
    Object.defineProperty(register, 'metrics', {
      value: this.#metrics,
      configurable: true,
      enumerable: false,
      writable: true,
    })
  }

  /** If somebody else has wrapped the method since, our wrapper stays in place and adds nothing. */
  restore(): void {
    this.#context = undefined
    if (Reflect.get(this.#register, 'metrics') !== this.#metrics) return
    if (this.#originalProperty === undefined) Reflect.deleteProperty(this.#register, 'metrics')
    else Object.defineProperty(this.#register, 'metrics', this.#originalProperty)
  }

  readonly #metrics = async (...args: []): Promise<string> => {
    const context = this.#context
    const registryText = this.#originalMetrics!.apply(this.#register, args)
    if (context === undefined) return registryText
    this.#activeScrapes++
    try {
      const [text] = await Promise.all([registryText, this.#collect(context)])
      return await this.#append(context, text)
    } finally {
      this.#activeScrapes--
    }
  }

  #collect(context: TransportContext): Promise<void> {
    return context.collect({ deadlineMs: context.clock.monotonic() + this.#scrapeTimeoutMs })
  }

  async #append(context: TransportContext, registryText: string): Promise<string> {
    try {
      const format = isOpenMetrics(this.#register) ? 'openmetrics' : 'text'
      const { text, skipped } = await expose(context, registryText, format)
      for (const name of skipped) this.#warnOfSkipped(name)
      context.report({ outcome: 'success', queueSize: this.#activeScrapes - 1 })
      return text
    } catch (error) {
      context.report({ outcome: 'failure', error, queueSize: this.#activeScrapes - 1 })
      return registryText
    }
  }

  #warnOfSkipped(name: string): void {
    this.#logOnce.warn(
      name,
      `metric ${JSON.stringify(name)} is left out of the registry's page: the registry has a metric or a sample of that name; route the plugin to another transport, or rename one of them`,
    )
  }
}
