import type { LogOnce } from '@tidegauge/core'
import type { ModuleKind, ModuleShape } from '../../modules/definition.js'
import type { ModuleRegistry } from '../../modules/registry.js'
import { findGroupLabel } from './group-labels.js'
import type { TrafficWatcher } from '../traffic-watcher.js'
import type { Forwards, RegisterMethod } from './forwards.js'
import type { MetricOptionsLike, MetricsLike } from './metrics-like.js'
import { GroupHandle, SingleHandle } from './module-handles.js'

/** What the implementation of libp2p's `Metrics` needs. */
export interface MetricsDeps {
  readonly traffic: TrafficWatcher
  readonly modules: ModuleRegistry
  readonly forwards: Forwards
  readonly logOnce: LogOnce
  /** Functions that are traced to find out whether the calls come here. They are taken out. */
  readonly probes: Set<unknown>
}

const kinds: Readonly<Record<string, ModuleKind>> = {
  Metric: 'gauge',
  Counter: 'counter',
  Histogram: 'histogram',
  Summary: 'summary',
}

const handles = { single: SingleHandle, group: GroupHandle }

/** An implementation of libp2p's `Metrics`. None of its methods throws, and none needs its `this`. */
export function createMetrics(deps: MetricsDeps): MetricsLike {
  const { traffic, forwards, probes, logOnce } = deps
  const registers = Object.entries(kinds).flatMap(([word, kind]) => [
    [`register${word}`, createRegister(deps, `register${word}` as RegisterMethod, kind, 'single')],
    [`register${word}Group`, createRegister(deps, `register${word}Group` as RegisterMethod, kind, 'group')],
  ])
  return {
    trackMultiaddrConnection(connection) {
      logOnce.guard('counting a connection', () => traffic.trackTransport(connection))
      forwards.track('trackMultiaddrConnection', connection)
    },
    trackProtocolStream(stream) {
      logOnce.guard('counting a stream', () => traffic.trackStream(stream))
      forwards.track('trackProtocolStream', stream)
    },
    ...(Object.fromEntries(registers) as Pick<MetricsLike, RegisterMethod>),
    createTrace: () => forwards.createTrace(),
    traceFunction: (name, fn, options) => (probes.delete(fn) ? fn : forwards.trace(name, fn, options)),
  }
}

function createRegister(
  { modules, forwards }: MetricsDeps,
  method: RegisterMethod,
  kind: ModuleKind,
  shape: ModuleShape,
): (name: string, options?: MetricOptionsLike) => SingleHandle | GroupHandle {
  return (name, options) => {
    const label = options?.label ?? findGroupLabel(name)
    const metric = modules.register(kind, shape, name, { ...options, label })
    return new handles[shape](metric, forwards.register(method, name, options), forwards)
  }
}
