import { safeGet } from '@tidegauge/attach'
import type { NodeLike } from './shapes.js'

/**
 * What is wrong with a node that does not run, with what to do; undefined when it runs. A part without a status counts
 * as running. `isReplaceable`: another node may take its place without a change of the options.
 */
export function stoppedProblem({ helia }: NodeLike, isReplaceable: boolean): string | undefined {
  const [status, libp2pStatus] = [helia, safeGet(helia, 'libp2p')].map(stateOf)
  if (status === undefined && libp2pStatus === undefined) return undefined
  const part =
    status === undefined ? `the libp2p of the Helia node is ${libp2pStatus}` : `the Helia node is ${status}`
  const hint = isReplaceable
    ? ''
    : '; pass a function as the option name if your application creates a new one'
  return `${part}; it is measured again when it has started${hint}`
}

function stateOf(part: unknown): string | undefined {
  const status = safeGet(part, 'status')
  return typeof status === 'string' && status !== 'started' ? status : undefined
}
