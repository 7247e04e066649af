import { LifecycleError } from '../errors/errors.js'
import type { HostState } from './tidegauge.js'

/** Throws `LIFECYCLE_WRONG_STATE` unless the host is in one of these states. `what` is the method that was called. */
export function assertState(
  host: { readonly state: HostState },
  what: string,
  ...allowed: readonly HostState[]
): void {
  if (allowed.includes(host.state)) return
  throw new LifecycleError(
    'LIFECYCLE_WRONG_STATE',
    `${what} was called while the host is ${host.state}, expected ${allowed.join(' or ')}`,
    host.state,
  )
}
