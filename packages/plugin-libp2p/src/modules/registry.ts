import { waitWithinPass } from '@tidegauge/attach'
import type { Clock, LogOnce, ReadPass } from '@tidegauge/core'
import { instruments } from '../metrics.js'
import {
  readDefinition,
  type ModuleDefinition,
  type ModuleKind,
  type ModuleOptions,
  type ModuleShape,
} from './definition.js'
import { ModuleMetric, type ModuleValues } from './module-metric.js'

/** Returns whether a module's metric is exported. */
export type ModuleFilter = (name: string) => boolean

const ownNames: ReadonlySet<string> = new Set(Object.values(instruments).map(({ name }) => name))

/**
 * What the modules of a node register, kept from their construction on.
 *
 * A name belongs to the kind of metric that registered it first; the plugin's own names belong to the plugin.
 */
export class ModuleRegistry {
  readonly #metrics = new Map<string, ModuleMetric>()
  readonly #filter: ModuleFilter
  readonly #logOnce: LogOnce

  constructor(filter: ModuleFilter, logOnce: LogOnce) {
    this.#filter = filter
    this.#logOnce = logOnce
  }

  /** Returns the metric to record in. One that is not exported takes values too. */
  register(kind: ModuleKind, shape: ModuleShape, name: unknown, options: ModuleOptions): ModuleMetric {
    const definition = readDefinition(kind, shape, name, options)
    const known = this.#metrics.get(definition.name)
    if (!this.#isExported(definition, known?.definition)) return new ModuleMetric(definition, 'unused')
    const metric = known ?? new ModuleMetric(definition)
    this.#metrics.set(definition.name, metric)
    if (typeof options.calculate === 'function') metric.addCalculation(options.calculate as () => unknown)
    return metric
  }

  /** Calculates what the modules calculate. What is late is missing from this pass only. */
  async read(pass: ReadPass, clock: Clock): Promise<Iterable<ModuleValues>> {
    const answers = [...this.#metrics.values()].flatMap((metric) =>
      metric.calculate((thrown) => this.#logFailure(metric.definition, thrown)),
    )
    await waitWithinPass(answers, pass, clock)
    return this.#metrics.values()
  }

  stop(): void {
    for (const metric of this.#metrics.values()) metric.stop()
  }

  #isExported(definition: ModuleDefinition, known: ModuleDefinition | undefined): boolean {
    const { name } = definition
    if (name === '' || !this.#logOnce.guard('the option modules', () => this.#filter(name))) return false
    const reason = findClash(definition, known)
    if (reason !== undefined) logLeftOut(name, reason, this.#logOnce)
    return reason === undefined
  }

  #logFailure({ name }: ModuleDefinition, thrown: unknown): void {
    this.#logOnce.warn(`calculate ${name}`, `a module could not calculate ${name}: ${String(thrown)}`)
  }
}

/** Why a name is taken; undefined when it is free, or registered in the same way already. */
function findClash(
  { name, kind, label }: ModuleDefinition,
  known: ModuleDefinition | undefined,
): string | undefined {
  if (ownNames.has(name)) return 'this plugin has a metric of that name'
  if (known === undefined) return undefined
  if (known.kind !== kind) return `it is already registered as a ${known.kind}`
  if ((known.label === undefined) === (label === undefined)) return undefined
  return `it is already registered ${label === undefined ? 'as a group' : 'without labels'}`
}

/** Logs once that a metric is not exported, and why. */
export function logLeftOut(name: string, reason: string, logOnce: LogOnce): void {
  logOnce.warn(`clash ${name}`, `the metric ${name}, which a module registers, is not exported: ${reason}`)
}
