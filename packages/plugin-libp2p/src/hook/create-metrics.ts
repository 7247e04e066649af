import type { LogOnce } from '@tidegauge/core'
import type { Meter } from '../bandwidth/meter.js'
import type { ModuleKind } from '../modules/definition.js'
import type { ModuleRegistry } from '../modules/registry.js'
import type { Forwards, RegisterMethod } from './forwards.js'
import type { MetricOptionsLike, MetricsLike } from './metrics-like.js'
import { GroupHandle, SingleHandle } from './module-handles.js'
import type { Traces } from './traces.js'

/** What the implementation of libp2p's `Metrics` is made of. */
export interface MetricsParts {
  readonly meter: Meter
  readonly modules: ModuleRegistry
  readonly traces: Traces
  readonly forwards: Forwards
  readonly logOnce: LogOnce
}

const kinds: Readonly<Record<string, ModuleKind>> = {
  Metric: 'gauge',
  Counter: 'counter',
  Histogram: 'histogram',
  Summary: 'summary',
}

type Register = (name: string, options?: MetricOptionsLike) => SingleHandle | GroupHandle

/** An implementation of libp2p's `Metrics`. None of its methods throws, and none needs its `this`. */
export function createMetrics(parts: MetricsParts): MetricsLike {
  const { meter, traces, forwards, logOnce } = parts
  return {
    trackMultiaddrConnection(connection) {
      logOnce.guard('counting a connection', () => meter.trackTransport(connection))
      forwards.track('trackMultiaddrConnection', connection)
    },
    trackProtocolStream(stream) {
      logOnce.guard('counting a stream', () => meter.trackStream(stream))
      forwards.track('trackProtocolStream', stream)
    },
    ...(Object.fromEntries(
      Object.entries(kinds).flatMap(([word, kind]) => [
        [`register${word}`, createRegister(parts, `register${word}` as RegisterMethod, kind)],
        [`register${word}Group`, createRegister(parts, `register${word}Group` as RegisterMethod, kind)],
      ]),
    ) as object as Pick<MetricsLike, RegisterMethod>),
    createTrace: () => forwards.createTrace(),
    traceFunction: (name, fn, options) => forwards.trace(name, traces.wrap(name, fn), options),
  }
}

function createRegister(parts: MetricsParts, method: RegisterMethod, kind: ModuleKind): Register {
  const grouped = method.endsWith('Group')
  const Handle = grouped ? GroupHandle : SingleHandle
  return (name, options) =>
    new Handle(
      parts.modules.register(kind, grouped, name, options ?? {}),
      parts.forwards.register(method, name, options),
      parts.forwards,
    )
}
