import type { InstrumentDefinition, RateDefinition } from '../definition/definition.js'
import { RegistrationError } from '../errors/errors.js'
import type { PluginInstance } from '../storage/plugin-instance.js'

/** The error for a rate whose counter is not in its table. */
export function noCounter(instance: PluginInstance, definition: RateDefinition): RegistrationError {
  return new RegistrationError(
    'REGISTRATION_INVALID_DEFINITION',
    `plugin "${instance.plugin}": instrument "${definition.name}": of was "${definition.of}", expected the key of a counter in the same table`,
    { rejected: definition },
  )
}

/** Whether two definitions say the same; only the order of labels and values has a meaning. */
export function isEqual(a: InstrumentDefinition, b: InstrumentDefinition): boolean {
  const canonical = (definition: InstrumentDefinition) =>
    JSON.stringify(Object.entries(definition).sort(byKey))
  return canonical(a) === canonical(b)
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}
