import { describeThrown, describeValue } from '../errors/describe.js'
import { RegistrationError } from '../errors/errors.js'
import { apiLevel, type Plugin } from '../contract/plugin.js'
import type { Transport } from '../contract/transport.js'
import { selfPlugin } from './self-metrics.js'

const componentName = /^[a-z][a-z0-9-]*$/

/** What a plugin or transport is called, read once: a getter of theirs may throw or change its mind later. */
export interface Identity {
  readonly name: string
  readonly version: string
}

/** Throws `REGISTRATION_INVALID_PLUGIN` or `REGISTRATION_API_LEVEL`. */
export function identifyPlugin(plugin: Plugin): Identity {
  const identity = identify('plugin', plugin)
  const { name } = identity
  const instruments = read('plugin', plugin, 'instruments')
  if (typeof instruments !== 'object' || instruments === null)
    throw invalid('plugin', name, `instruments was ${describeValue(instruments)}, expected a table`)
  for (const method of ['start', 'collect', 'stop'] as const) assertMethod('plugin', name, plugin, method)
  if (name === selfPlugin) throw invalid('plugin', name, "the name is the host's own, choose another")
  return identity
}

/** Throws `REGISTRATION_INVALID_PLUGIN` or `REGISTRATION_API_LEVEL`. */
export function identifyTransport(transport: Transport): Identity {
  const identity = identify('transport', transport)
  const { name } = identity
  if (read('transport', transport, 'start') === undefined)
    throw invalid('transport', name, 'start was undefined, expected a function')
  for (const method of ['start', 'flush', 'stop', 'describe'] as const)
    assertMethod('transport', name, transport, method)
  return identity
}

function identify(what: Kind, component: Plugin | Transport): Identity {
  if (typeof component !== 'object' || component === null) {
    const received = describeValue(component)
    throw invalid(what, '?', `was ${received}, expected an object; call the package's factory first`)
  }
  const name = read(what, component, 'name')
  if (typeof name !== 'string' || !componentName.test(name))
    throw invalid(
      what,
      '?',
      `name was ${describeValue(name)}, expected lower-case letters, digits and hyphens`,
    )
  const version = read(what, component, 'version')
  if (typeof version !== 'string')
    throw invalid(what, name, `version was ${describeValue(version)}, expected a string such as "1.0.0"`)
  assertApiLevel(what, { name, version }, read(what, component, 'apiLevel'))
  return { name, version }
}

type Kind = 'plugin' | 'transport'

function read(what: Kind, component: object, key: string): unknown {
  try {
    return Reflect.get(component, key)
  } catch (thrown) {
    throw invalid(what, '?', `its ${key} could not be read: ${describeThrown(thrown)}`)
  }
}

function assertMethod(what: Kind, name: string, component: object, method: string): void {
  const value = read(what, component, method)
  if (value !== undefined && typeof value !== 'function')
    throw invalid(what, name, `${method} was ${describeValue(value)}, expected a function`)
}

function assertApiLevel(what: Kind, { name, version }: Identity, level: unknown): void {
  if (level === apiLevel) return
  const here = `@tidegauge/core here has level ${apiLevel}`
  const older = typeof level === 'number' && level < apiLevel ? [what, 'core'] : ['core', what]
  const message =
    typeof level === 'number'
      ? `was written for API level ${level}, ${here}; the ${older[0]} is older than the ${older[1]}: update it`
      : `has apiLevel ${describeValue(level)}, expected a number, and ${here}; set apiLevel: ${apiLevel} in it`
  throw new RegistrationError('REGISTRATION_API_LEVEL', `${what} "${name}" ${version} ${message}`, {
    existing: apiLevel,
    rejected: level,
  })
}

function invalid(what: Kind, name: string, why: string): RegistrationError {
  return new RegistrationError('REGISTRATION_INVALID_PLUGIN', `${what} "${name}": ${why}`)
}
