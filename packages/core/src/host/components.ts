import type { Plugin } from '../contract/plugin.js'
import type { Transport } from '../contract/transport.js'
import { RegistrationError } from '../errors/errors.js'
import { prefixLogger } from '../logger.js'
import { identifyPlugin, identifyTransport } from './identify.js'
import type { InstrumentSetState } from './instrument-set.js'
import { parseUseOptions, type UseOptions } from './options.js'
import { PluginRunner } from './plugin-runner.js'
import type { RunnerDeps } from './runner-deps.js'
import { runnerId } from './runner-id.js'
import { TransportRunner } from './transport-runner.js'

/** The plugins and transports of a host. */
export class Components {
  readonly plugins: PluginRunner[] = []
  readonly transports: TransportRunner[] = []
  /** The sets of instruments among the plugins. */
  readonly sets = new Map<PluginRunner, InstrumentSetState>()
  readonly #deps: RunnerDeps

  constructor(deps: RunnerDeps) {
    this.#deps = deps
  }

  get transportNames(): string[] {
    return this.transports.map(({ name }) => name)
  }

  /** Throws what `use()` throws. */
  addPlugin(plugin: Plugin, options: UseOptions | undefined): PluginRunner {
    const identity = identifyPlugin(plugin)
    const settings = parseUseOptions(identity.name, options)
    const id = runnerId(identity.name, settings.labels)
    if (this.plugins.some((runner) => runner.id === id))
      throw new RegistrationError(
        'REGISTRATION_DUPLICATE_PLUGIN',
        `plugin "${id}" is in use already; give each instance labels of its own: use(plugin, { labels: { node: "b" } })`,
      )
    const runner = new PluginRunner(plugin, { identity, settings }, this.#deps)
    this.plugins.push(runner)
    return runner
  }

  /** Throws what `export()` throws. */
  addTransport(transport: Transport): TransportRunner {
    const { name, version } = identifyTransport(transport)
    if (this.transportNames.includes(name))
      throw new RegistrationError(
        'REGISTRATION_DUPLICATE_TRANSPORT',
        `transport "${name}" is there already; give one of the two another name by its options`,
      )
    const logger = prefixLogger(this.#deps.logger, `transport "${name}": `)
    const runner = new TransportRunner(transport, { name, version, clock: this.#deps.clock, logger })
    this.transports.push(runner)
    return runner
  }

  /** Takes out a plugin that was just added. */
  drop(added: PluginRunner): void {
    takeFrom(this.plugins, (runner) => runner === added)
  }

  /** Takes a plugin or transport out; undefined when it is not there. */
  take(component: Plugin | Transport): PluginRunner | TransportRunner | undefined {
    return (
      takeFrom(this.plugins, ({ plugin }) => plugin === component) ??
      takeFrom(this.transports, ({ transport }) => transport === component)
    )
  }
}

function takeFrom<T>(list: T[], matches: (one: T) => boolean): T | undefined {
  const at = list.findIndex(matches)
  return at < 0 ? undefined : list.splice(at, 1)[0]
}
