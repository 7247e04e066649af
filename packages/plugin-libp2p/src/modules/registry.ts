import { waitWithinPass } from '@tidegauge/attach'
import { type CollectContext, type LogOnce, type PluginContext } from '@tidegauge/core'
import {
  defineReport,
  readDefinition,
  type ModuleDefinition,
  type ModuleKind,
  type ModuleOptions,
} from './definition.js'
import { ModuleMetric, SINGLE } from './module-metric.js'
import { Calculation } from './calculation.js'

type Host = Pick<PluginContext, 'define' | 'clock'>

/** Most callbacks that are kept for one name: a node that restarts registers them again and again. */
const MAX_CALCULATIONS = 64

/** Whether a module's metric is exported. */
export type ModuleFilter = (name: string) => boolean

/**
 * What libp2p's modules register, kept from their construction on and exported while the plugin runs.
 *
 * A name belongs to whom it was registered by first; our own names belong to us.
 */
export class ModuleRegistry {
  readonly #metrics = new Map<string, ModuleMetric>()
  readonly #calculations = new Map<ModuleMetric, Calculation[]>()
  readonly #ownNames: ReadonlySet<string>
  readonly #filter: ModuleFilter
  readonly #logOnce: LogOnce
  #host: Host | undefined

  constructor(ownNames: ReadonlySet<string>, filter: ModuleFilter, logOnce: LogOnce) {
    this.#ownNames = ownNames
    this.#filter = filter
    this.#logOnce = logOnce
  }

  /** The metric to record in. One that is not exported takes values all the same. */
  register(kind: ModuleKind, grouped: boolean, name: unknown, options: ModuleOptions = {}): ModuleMetric {
    const definition = readDefinition(kind, grouped, name, options)
    const known = this.#metrics.get(definition.name)
    if (!this.#mayExport(definition, known)) return new ModuleMetric(definition, 'muted')
    const metric = known ?? new ModuleMetric(definition)
    if (known === undefined) {
      this.#metrics.set(definition.name, metric)
      this.#define(metric)
    }
    if (typeof options.calculate === 'function')
      this.#addCalculation(metric, options.calculate as () => unknown)
    return metric
  }

  /** Makes the instruments, now and for registrations to come. */
  begin(host: Host): void {
    this.#host = host
    for (const metric of this.#metrics.values()) this.#define(metric)
  }

  /** Values are kept again, until the next {@link begin}. */
  end(): void {
    this.#host = undefined
    for (const metric of this.#metrics.values()) metric.report = undefined
  }

  /** Tells every value. What a module calculates and is late with is missing from this pass only. */
  async collect(pass: CollectContext): Promise<void> {
    const host = this.#host
    if (host === undefined) return
    for (const metric of this.#metrics.values()) if (!this.#calculations.has(metric)) metric.flush()
    let over = false
    const answers = [...this.#calculations].flatMap(([metric, calculations]) =>
      calculations.map((calculation) =>
        calculation.run(
          (result) => {
            if (!over) this.#take(metric, result)
          },
          (thrown) => this.#failed(metric, thrown),
        ),
      ),
    )
    await waitWithinPass(
      answers.filter((answer) => answer !== undefined),
      pass,
      host.clock,
    )
    over = true
  }

  #mayExport(definition: ModuleDefinition, known: ModuleMetric | undefined): boolean {
    const { name, kind, label } = definition
    if (name === '' || !this.#filter(name)) return false
    if (this.#ownNames.has(name)) return this.#skip(name, 'this plugin has one of that name')
    if (known === undefined) return true
    if (known.definition.kind !== kind) return this.#skip(name, `it is a ${known.definition.kind} already`)
    if ((known.definition.label === undefined) !== (label === undefined))
      return this.#skip(
        name,
        `it is registered ${label === undefined ? 'as a group' : 'without labels'} already`,
      )
    return true
  }

  #skip(name: string, why: string): false {
    this.#logOnce.warn(`clash ${name}`, `the metric ${name} that a module registers is left out: ${why}`)
    return false
  }

  #addCalculation(metric: ModuleMetric, calculate: () => unknown): void {
    const calculations = this.#calculations.get(metric) ?? []
    calculations.push(new Calculation(calculate))
    if (calculations.length > MAX_CALCULATIONS) calculations.shift()
    this.#calculations.set(metric, calculations)
  }

  #define(metric: ModuleMetric): void {
    if (this.#host === undefined) return
    try {
      metric.report = defineReport(this.#host, metric.definition)
    } catch (thrown) {
      this.#skip(metric.definition.name, String(thrown))
    }
  }

  #take(metric: ModuleMetric, result: unknown): void {
    const { report } = metric
    if (report === undefined) return
    if (metric.definition.label === undefined) {
      if (Number.isFinite(result)) report(SINGLE, result as number)
    } else if (typeof result === 'object' && result !== null)
      for (const [key, value] of Object.entries(result)) if (Number.isFinite(value)) report(key, value)
  }

  #failed(metric: ModuleMetric, thrown: unknown): void {
    const { name } = metric.definition
    this.#logOnce.warn(`calculate ${name}`, `a module could not calculate ${name}: ${String(thrown)}`)
  }
}
