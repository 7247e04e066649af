import { describeValue } from '../errors/describe.js'
import { OptionsError } from '../errors/errors.js'
import type { PluginRunner } from './plugin-runner.js'

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
