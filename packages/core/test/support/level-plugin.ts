import { sourcePlugin, type LogOnce, type Snapshot, type Source, type SourceContext } from '@tidegauge/core'
import { createManualClock, startTestHost } from '@tidegauge/testkit'

export interface Level extends Snapshot {
  readonly level?: number
}

export const instruments = {
  level: { kind: 'gauge', name: 'level', help: 'L' },
  total: { kind: 'counter', name: 'snapshots_total', help: 'Snapshots that were reported' },
} as const

const use = { intervalMs: 1_000, jitterRatio: 0, timeoutMs: 500, maxAgeMs: 0 }

/** A plugin over a source, with the calls that the source received. */
export function createLevelPlugin(source: Partial<Source<Level>> = {}, logOnce?: LogOnce) {
  const calls: string[] = []
  const contexts: SourceContext[] = []
  const plugin = sourcePlugin({
    name: 'level',
    version: '1.2.3',
    instruments,
    eventAttributes: { peer: { privacy: 'peer_id' } },
    ...(logOnce && { logOnce }),
    source: {
      ...source,
      start: (context) => {
        calls.push('start')
        contexts.push(context)
        return source.start?.(context)
      },
      read: (pass) => {
        calls.push('read')
        return source.read === undefined ? { level: 5 } : source.read(pass)
      },
      stop: () => {
        calls.push('stop')
        return source.stop?.()
      },
    },
    report: ({ level }: Level, handles) => {
      handles.total.inc()
      if (level !== undefined) handles.level.set(level)
    },
  })
  return { plugin, calls, contexts }
}

/** A host on a manual clock with such a plugin, which it collects every second. */
export async function startLevel(source: Partial<Source<Level>>, more: object = {}) {
  const clock = createManualClock()
  const { plugin, calls, contexts } = createLevelPlugin(source)
  const host = await startTestHost(plugin, { clock, use: { ...use, ...more } })
  return { ...host, clock, calls, contexts, health: () => host.tidegauge.health().plugins[0] }
}
