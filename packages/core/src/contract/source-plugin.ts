import type { InstrumentTable } from '../definition/definition.js'
import type { Handles } from '../definition/handles.js'
import { describeValue } from '../errors/describe.js'
import { CollectError } from '../errors/errors.js'
import { LogOnce } from '../log-once.js'
import { apiLevel, type CollectContext, type Plugin, type PluginContext } from './plugin.js'
import type { AttributeTable } from './events.js'
import type { Snapshot, Source } from './source.js'

/** What a plugin is that reads a {@link Source} and reports its snapshots. */
export interface SourcePluginParts<T extends InstrumentTable, S extends Snapshot> {
  readonly name: string
  readonly version: string
  readonly instruments: T
  readonly source: Source<S>
  /** The attributes that the source's events and activities may carry. Default: none. */
  readonly eventAttributes?: AttributeTable
  /**
   * Called before the source starts, each time, with the handles: for what must be recorded when it happens, such as
   * durations. Default: nothing.
   */
  onStart?(context: PluginContext<T>): void
  /**
   * Writes a snapshot into the instruments. A gauge that it does not set disappears, also in a pass with problems; a
   * total that it does not set stays.
   */
  report(snapshot: S, instruments: Handles<T>, context: PluginContext<T>): void
  /** Where messages go that come before the host's logger does. Default: one of its own. */
  readonly logOnce?: LogOnce
}

/**
 * Makes a plugin of a source and a report.
 *
 * A pass reads one snapshot and reports it. A snapshot that comes after the pass was aborted is dropped. One with
 * `problems` is reported, and the pass then fails with them. A source that throws `COLLECT_SOURCE_CHANGED` is
 * stopped and started again before the next read.
 */
export function sourcePlugin<const T extends InstrumentTable, S extends Snapshot>(
  parts: SourcePluginParts<T, S>,
): Plugin<T> {
  const { name, version, instruments, source } = parts
  const logOnce = parts.logOnce ?? new LogOnce()
  let context: PluginContext<T> | undefined
  let isAttached = false

  const attach = async (given: PluginContext<T>): Promise<void> => {
    const { clock, logger, signal, events } = given
    parts.onStart?.(given)
    await source.start?.({ clock, logger, logOnce, signal, events })
    isAttached = true
  }
  const finish = (snapshot: unknown, pass: CollectContext<T>): void => {
    if (pass.signal.aborted || context === undefined) return
    assertSnapshot(name, snapshot)
    parts.report(snapshot as S, context.instruments, context)
    const { problems = [] } = snapshot
    if (problems.length > 0)
      throw new CollectError('COLLECT_FAILED', name, `plugin "${name}": ${problems.join('; ')}`, undefined, {
        isReported: true,
      })
  }
  return {
    name,
    version,
    apiLevel,
    instruments,
    ...(parts.eventAttributes && { eventAttributes: parts.eventAttributes }),
    start(given) {
      logOnce.useLogger(given.logger)
      context = given
      return attach(given)
    },
    async collect(pass) {
      if (context === undefined) return
      if (!isAttached) await attach(context)
      try {
        finish(await source.read({ signal: pass.signal, deadlineMs: pass.deadlineMs }), pass)
      } catch (thrown) {
        const isChanged = (thrown as { code?: unknown } | null)?.code === 'COLLECT_SOURCE_CHANGED'
        // a late answer is about an earlier time: the source may have been started again since
        if (isChanged && !pass.signal.aborted) {
          isAttached = false
          await source.stop?.()
        }
        throw thrown
      }
    },
    async stop() {
      context = undefined
      isAttached = false
      await source.stop?.()
    },
  }
}

function assertSnapshot(plugin: string, snapshot: unknown): asserts snapshot is Snapshot {
  const { problems = [] } = Object(snapshot) as { problems?: unknown }
  const isSnapshot = typeof snapshot === 'object' && snapshot !== null && Array.isArray(problems)
  if (isSnapshot) return
  throw new CollectError(
    'COLLECT_FAILED',
    plugin,
    `plugin "${plugin}": source.read() returned ${describeValue(snapshot)}, expected a snapshot object, with problems as a list if it has them`,
  )
}
