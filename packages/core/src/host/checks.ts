import { describeValue } from '../errors/describe.js'
import { OptionsError, RegistrationError } from '../errors/errors.js'
import { apiLevel, type Plugin } from '../contract/plugin.js'
import type { Transport } from '../contract/transport.js'
import type { PluginRunner } from './plugin-runner.js'
import { selfPlugin } from './self-metrics.js'

const componentName = /^[a-z][a-z0-9-]*$/

/** Throws `REGISTRATION_INVALID_PLUGIN` or `REGISTRATION_API_LEVEL`. */
export function assertPlugin(plugin: Plugin): void {
  assertComponent('plugin', plugin)
  if (typeof plugin.instruments !== 'object' || plugin.instruments === null)
    throw invalid(
      'plugin',
      plugin.name,
      `instruments was ${describeValue(plugin.instruments)}, expected a table`,
    )
  if (plugin.name === selfPlugin)
    throw invalid('plugin', plugin.name, "the name is the host's own, choose another")
}

/** Throws `REGISTRATION_INVALID_PLUGIN` or `REGISTRATION_API_LEVEL`. */
export function assertTransport(transport: Transport): void {
  assertComponent('transport', transport)
  if (typeof transport.start !== 'function')
    throw invalid(
      'transport',
      transport.name,
      `start was ${describeValue(transport.start)}, expected a function`,
    )
}

/** Throws `OPTIONS_UNKNOWN_TRANSPORT` when a plugin is routed to a transport that the host does not have. */
export function assertRoutes(runners: readonly PluginRunner[], transports: readonly string[]): void {
  for (const { id, settings } of runners) {
    const issues = (settings.transports ?? [])
      .filter((name) => !transports.includes(name))
      .map((name) => ({ path: 'transports', received: describeValue(name), expected: oneOf(transports) }))
    if (issues.length > 0) throw new OptionsError(`plugin "${id}"`, issues, 'OPTIONS_UNKNOWN_TRANSPORT')
  }
}

function oneOf(names: readonly string[]): string {
  return names.length === 0
    ? 'a transport that was added with export(), of which there is none'
    : `one of the host's transports: ${names.map((name) => JSON.stringify(name)).join(', ')}`
}

function assertComponent(what: 'plugin' | 'transport', component: Plugin | Transport): void {
  if (typeof component !== 'object' || component === null)
    throw invalid(
      what,
      '?',
      `was ${describeValue(component)}, expected an object; call the package's factory first`,
    )
  if (typeof component.name !== 'string' || !componentName.test(component.name))
    throw invalid(
      what,
      '?',
      `name was ${describeValue(component.name)}, expected lower-case letters, digits and hyphens`,
    )
  if (component.apiLevel === apiLevel) return
  const [older, newer] = component.apiLevel < apiLevel ? [what, 'core'] : ['core', what]
  throw new RegistrationError(
    'REGISTRATION_API_LEVEL',
    `${what} "${component.name}" ${component.version} was written for API level ${describeValue(component.apiLevel)}, @tidegauge/core here has level ${apiLevel}; the ${older} is older than the ${newer}: update it`,
    { existing: apiLevel, rejected: component.apiLevel },
  )
}

function invalid(what: string, name: string, why: string): RegistrationError {
  return new RegistrationError('REGISTRATION_INVALID_PLUGIN', `${what} "${name}": ${why}`)
}
