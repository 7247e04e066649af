import { describeThrown } from '../errors/describe.js'
import { LifecycleError } from '../errors/errors.js'

/** What `start()` throws for a plugin or transport that could not start: its own coded error, or one of ours. */
export function startError(what: 'plugin' | 'transport', name: string, thrown: unknown): unknown {
  if (isCoded(thrown)) return thrown
  return new LifecycleError(
    what === 'plugin' ? 'LIFECYCLE_PLUGIN_START_FAILED' : 'LIFECYCLE_TRANSPORT_START_FAILED',
    `${what} "${name}" could not start: ${describeThrown(thrown)}`,
    'starting',
    thrown,
  )
}

/** By its code, not its class: there may be two copies of this package. */
function isCoded(thrown: unknown): boolean {
  try {
    const code: unknown = (thrown as { code?: unknown }).code
    return typeof code === 'string' && /^(OPTIONS|REGISTRATION|COLLECT|EXPORT|LIFECYCLE)_/.test(code)
  } catch {
    return false
  }
}
