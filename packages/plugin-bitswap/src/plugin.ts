import { CollectError, describeValue, LogOnce, type CollectContext, type Plugin } from '@tidegauge/core'
import { instruments } from './metrics.js'
import { parseOptions, type BitswapOptions } from './options.js'
import { report } from './report.js'
import type { BitswapSnapshot } from './source/source.js'
import { version } from './version.js'

/** Measures one bitswap node. */
export type BitswapPlugin = Plugin<typeof instruments>

type Pass = CollectContext<typeof instruments>

/** Makes the plugin for one node. Opens nothing. Throws `OPTIONS_INVALID`. */
export function bitswap(options: BitswapOptions): BitswapPlugin {
  const source = parseOptions(options)
  const logOnce = new LogOnce()
  return {
    name: 'bitswap',
    version,
    apiLevel: 1,
    instruments,
    start({ clock, logger }) {
      logOnce.useLogger(logger)
      return source.start?.({ clock, logger, logOnce })
    },
    collect(pass) {
      const answer = source.read() as unknown
      return isPromise(answer) ? answer.then((snapshot) => take(snapshot, pass)) : take(answer, pass)
    },
    stop: () => source.stop?.(),
  }
}

/** Exports what there is; then faults make the pass a failure. What comes after the pass is dropped. */
function take(snapshot: unknown, { instruments: to, signal }: Pass): void {
  if (signal.aborted) return
  if (!isSnapshot(snapshot))
    throw new CollectError(
      'COLLECT_FAILED',
      'bitswap',
      `plugin "bitswap": source.read() returned ${describeValue(snapshot)}, expected a BitswapSnapshot`,
    )
  const faults = snapshot.faults ?? []
  report(snapshot, to)
  if (faults.length > 0) throw new CollectError('COLLECT_FAILED', 'bitswap', faults.join('; '))
}

function isSnapshot(value: unknown): value is BitswapSnapshot {
  const { sent, received } = Object(value) as Partial<BitswapSnapshot>
  return typeof sent === 'object' && sent !== null && typeof received === 'object' && received !== null
}

function isPromise(answer: unknown): answer is Promise<unknown> {
  return typeof (answer as Promise<unknown> | undefined)?.then === 'function'
}
