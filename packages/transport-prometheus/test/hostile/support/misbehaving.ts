/** Plugins and transports that break their contract in every way, as data that fast-check can print and shrink. */
import type { Plugin, Tidegauge, Transport } from '@tidegauge/core'
import fc from 'fast-check'

/** What one method does. */
export const behaviours = [
  'is fine',
  'throws',
  'throws null',
  'rejects',
  'hangs',
  'blocks shortly',
  'flushes the host',
  'describes the host',
  'answers late',
  'answers with something odd',
] as const
export type Behaviour = (typeof behaviours)[number]

/** Fields that are wrong before anything is called. */
const brokenFields = ['none', 'missing', 'throws', 'changes'] as const

/** A component that misbehaves. */
export interface Misbehaving {
  readonly methods: Readonly<Record<string, Behaviour>>
  readonly field: string
  readonly brokenField: (typeof brokenFields)[number]
}

const behaviour = fc.oneof(
  { weight: 1, arbitrary: fc.constant('is fine' as const) },
  { weight: 3, arbitrary: fc.constantFrom(...behaviours) },
)

function misbehaving(methods: readonly string[], fields: readonly string[]): fc.Arbitrary<Misbehaving> {
  return fc.record({
    methods: fc.record(Object.fromEntries(methods.map((method) => [method, behaviour]))),
    field: fc.constantFrom(...fields),
    brokenField: fc.oneof(
      { weight: 4, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...brokenFields) },
    ),
  })
}

const common = ['name', 'version', 'apiLevel']
export const misbehavingPlugin = misbehaving(
  ['start', 'collect', 'stop'],
  [...common, 'instruments', 'collect'],
)
export const misbehavingTransport = misbehaving(
  ['start', 'flush', 'stop', 'describe'],
  [...common, 'start', 'describe'],
)

const LATE_MS = 120

/** Runs a behaviour; `record` is what the method does when it works, also too late. */
function behave(what: Behaviour, host: () => Tidegauge, record: () => void): unknown {
  switch (what) {
    case 'is fine':
      return record()
    case 'throws':
      throw new Error('misbehaves')
    case 'throws null':
      throw null
    case 'rejects':
      return Promise.reject(new Error('misbehaves later'))
    case 'hangs':
      return new Promise(() => {})
    case 'blocks shortly':
      for (const until = performance.now() + 15; performance.now() < until;);
      return record()
    case 'flushes the host':
      void host()
        .flush()
        .catch(() => {})
      return record()
    case 'describes the host':
      host().describe()
      host().health()
      return record()
    case 'answers late':
      return new Promise<void>((resolve) => setTimeout(resolve, LATE_MS)).then(record)
    case 'answers with something odd':
      return { toString: null }
  }
}

function breakField<T extends object>(component: T, { field, brokenField }: Misbehaving): T {
  const value: unknown = component[field as keyof T]
  let reads = 0
  const get = () => {
    if (brokenField === 'missing') return undefined
    if (brokenField === 'changes' && reads++ < 1) return value
    throw new Error(`${field} cannot be read`)
  }
  if (brokenField !== 'none') Object.defineProperty(component, field, { get, enumerable: true })
  return component
}

/** A plugin that counts its passes, and does so. */
export function pluginOf(spec: Misbehaving, name: string, host: () => Tidegauge): Plugin {
  let hits: { inc(): void } | undefined
  const plugin = {
    name,
    version: '0.0.0',
    apiLevel: 1,
    instruments: { hits: { kind: 'counter', name: `${name}_total`, help: 'h' } },
    start: (context: { instruments: { hits: { inc(): void } } }) => {
      hits = context.instruments.hits
      return behave(spec.methods['start'], host, () => {})
    },
    collect: () => behave(spec.methods['collect'], host, () => hits?.inc()),
    stop: () => behave(spec.methods['stop'], host, () => {}),
  }
  return breakField(plugin, spec) as unknown as Plugin
}

/** A transport that reads everything and does so. */
export function transportOf(spec: Misbehaving, name: string, host: () => Tidegauge): Transport {
  const method = (which: string) => () => behave(spec.methods[which], host, () => {})
  // not tested: flushes that each ask for another one double with every turn of the event loop
  const flushes = spec.methods['flush'] === 'flushes the host'
  const transport = {
    name,
    version: '0.0.0',
    apiLevel: 1,
    start: method('start'),
    flush: flushes ? () => {} : method('flush'),
    stop: method('stop'),
    describe: method('describe'),
  }
  return breakField(transport, spec) as unknown as Transport
}
