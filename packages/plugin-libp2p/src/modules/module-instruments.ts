import type { LogOnce, PluginContext } from '@tidegauge/core'
import type { ModuleDefinition } from './definition.js'
import type { ModuleValues, WriteValue } from './module-metric.js'
import { logLeftOut } from './registry.js'

type Context = Pick<PluginContext, 'define'>

interface ModuleInstrument {
  readonly write: WriteValue
}

const writeMethods = { gauge: 'set', counter: 'setTotal', histogram: 'observe', summary: 'observe' } as const

/** The instruments of modules' metrics, defined when a metric is first reported. */
export class ModuleInstruments {
  readonly #logOnce: LogOnce
  readonly #instruments = new Map<string, ModuleInstrument | undefined>()
  #context: Context | undefined

  constructor(logOnce: LogOnce) {
    this.#logOnce = logOnce
  }

  /** Writes the values of every metric. */
  report(modules: Iterable<ModuleValues>, context: Context): void {
    if (context !== this.#context) this.#instruments.clear()
    this.#context = context
    for (const module of modules) {
      const instrument = this.#instrumentOf(module.definition, context)
      if (instrument === undefined) continue
      module.writeTo(instrument.write)
    }
  }

  #instrumentOf(definition: ModuleDefinition, context: Context): ModuleInstrument | undefined {
    const { name } = definition
    if (this.#instruments.has(name)) return this.#instruments.get(name)
    let instrument: ModuleInstrument | undefined
    try {
      instrument = defineInstrument(definition, context)
    } catch (thrown) {
      logLeftOut(name, String(thrown), this.#logOnce)
    }
    this.#instruments.set(name, instrument)
    return instrument
  }
}

/** Throws what `context.define` throws. */
function defineInstrument({ label, ...single }: ModuleDefinition, context: Context): ModuleInstrument {
  const definition = label === undefined ? single : { ...single, labels: { [label]: {} } }
  // the types of the handles differ, but each has the method of its kind, which takes labels first if it has any
  type Handle = Record<string, (...args: readonly unknown[]) => void>
  const handle = context.define(definition) as unknown as Handle
  const method = writeMethods[single.kind]
  if (label === undefined) return { write: (_key, value) => handle[method](value) }
  return {
    write: (key, value) => handle[method]({ [label]: key }, value),
  }
}
