import type { Clock } from '../clock.js'
import type { InstrumentDefinition, InstrumentTable, RateDefinition } from '../definition/definition.js'
import { createHandle } from '../recording/create-handle.js'
import type { HandleOf, Handles } from '../definition/handles.js'
import { RateTracker } from './rate.js'
import { resolveDefinition, type ResolvedDefinition } from '../definition/resolve.js'
import type { Logger } from '../logger.js'
import { LabelReader } from '../storage/label-reader.js'
import { CreationLog } from '../storage/creation-log.js'
import { SeriesTable } from '../storage/series-table.js'
import { StringPool } from '../storage/string-pool.js'
import { isEqual, noCounter } from './definition-checks.js'
import { FamilyIndex } from './family-index.js'
import { Instrument } from '../storage/instrument.js'
import { LossRecorder } from './losses.js'
import type { PluginInstance } from '../storage/plugin-instance.js'
import type { FamilyView, ReadFilter } from './reading.js'
import { moveSeries, type Recorded } from './move-series.js'
import { reduceGauge } from './reduce.js'
import { SourceTotals } from '../recording/following/source-totals.js'
import { ViewPlanner, type Plan, type View } from './views.js'
import { PrivacyPolicy, type PrivacyRules } from './privacy.js'

/** How many series an instrument may have unless it or a view says otherwise. */
export const defaultSeriesLimit = 2_000

export interface RegistrySettings {
  readonly clock: Clock
  readonly logger: Logger
  readonly views?: readonly View[]
  readonly privacy?: PrivacyRules
  readonly seriesLimit?: number
}

interface Registered {
  readonly definition: InstrumentDefinition
  readonly handle: unknown
  readonly totals: SourceTotals
  /** What is recorded in. */
  readonly instrument: Instrument
  /** What is read: the same, or what a view makes of it; undefined when a view switched it off. */
  readonly listed: Instrument | undefined
}

/** Every instrument of a host, with what is recorded in it. */
export class Registry {
  readonly pool = new StringPool()
  readonly losses: LossRecorder
  /** The rules for values that can identify somebody, also for those of events. */
  readonly privacy: PrivacyPolicy
  readonly #settings: RegistrySettings
  readonly #planner: ViewPlanner
  readonly #families = new FamilyIndex()
  readonly #creations: CreationLog
  readonly #registered = new Map<PluginInstance, Map<string, Registered>>()
  readonly #rates = new Map<PluginInstance, RateTracker[]>()

  constructor(settings: RegistrySettings) {
    this.#settings = settings
    this.#creations = new CreationLog(settings.clock)
    this.privacy = new PrivacyPolicy(settings.privacy)
    this.#planner = new ViewPlanner(settings.views ?? [], this.privacy)
    this.losses = new LossRecorder(settings.logger)
  }

  /**
   * Adds a whole table, or nothing of it.
   * Throws `REGISTRATION_INVALID_DEFINITION` and `REGISTRATION_NAME_CLASH`.
   */
  addTable<T extends InstrumentTable>(instance: PluginInstance, table: T): Handles<T> {
    const rows = Object.entries(table)
    try {
      const handles = rows
        .filter(([, definition]) => definition?.kind !== 'rate')
        .map(([key, definition]) => [key, this.add(instance, definition)] as const)
      for (const [, definition] of rows)
        if (definition.kind === 'rate') this.#addRate(instance, table, definition)
      return Object.fromEntries(handles) as Handles<T>
    } catch (thrown) {
      this.removeAll(instance)
      throw thrown
    }
  }

  /** Adds one instrument, or returns the handle of an equal one that the instance has. */
  add<D extends InstrumentDefinition>(instance: PluginInstance, definition: D): HandleOf<D> {
    const known = this.#registered.get(instance)?.get(definition?.name)
    if (known !== undefined && isEqual(known.definition, definition)) return known.handle as HandleOf<D>
    const resolved = this.#resolve(instance, definition)
    if (definition.kind === 'rate') throw noCounter(instance, definition)
    const plan = this.#planner.plan(resolved)
    const created = this.#create(instance, plan)
    if (created.listed !== undefined) this.#families.add(created.listed)
    this.#keep(instance, { definition, ...created })
    return created.handle as HandleOf<D>
  }

  /**
   * Adds a table with all that was recorded under it in another registry, which removes it. The handles that the
   * other gave go on in this one. Throws like {@link addTable}, and then nothing has moved.
   */
  takeOver(instance: PluginInstance, table: InstrumentTable, from: Registry, formerly: PluginInstance): void {
    this.addTable(instance, table)
    const mine = this.#registered.get(instance)!
    for (const [name, old] of from.#registered.get(formerly) ?? []) {
      const next = mine.get(name)
      if (next === undefined || old.handle === undefined) continue
      moveSeries(old, next)
      ;(old.handle as { moveTo?(to: Recorded): void }).moveTo?.(next)
      mine.set(name, { ...next, handle: old.handle })
      // its handle must not be cleared with the rest: it is this registry's now
      if (old.listed !== undefined) from.#families.remove(old.listed)
      from.#registered.get(formerly)!.delete(name)
    }
    from.removeAll(formerly)
  }

  /** What there is to read now, of the plugin instances that are accepted, in the order of registration. */
  read(filter: ReadFilter = {}, accepts: (instance: PluginInstance) => boolean = () => true): FamilyView[] {
    return this.#families.views(filter, accepts, { pool: this.pool, creations: this.#creations })
  }

  /** Forgets one instrument of an instance, with its series. */
  remove(instance: PluginInstance, name: string): void {
    const mine = this.#registered.get(instance)
    const registered = mine?.get(name)
    if (registered === undefined) return
    this.#unlist(registered)
    mine!.delete(name)
  }

  /** Forgets everything of an instance. */
  removeAll(instance: PluginInstance): void {
    for (const registered of this.#registered.get(instance)?.values() ?? []) this.#unlist(registered)
    this.#registered.delete(instance)
    this.#rates.delete(instance)
  }

  /** What an instance records in. */
  instrumentsOf(instance: PluginInstance): Instrument[] {
    return [...(this.#registered.get(instance)?.values() ?? [])].map(({ instrument }) => instrument)
  }

  /** Ends a collect pass that went well: stale gauge series go, rates are taken. */
  endPass(instance: PluginInstance, pass: number): void {
    for (const instrument of this.instrumentsOf(instance)) {
      if (instrument.definition.lifetime === 'collect' && !instrument.isMerged) instrument.sweep(pass)
    }
    for (const rate of this.#rates.get(instance) ?? []) rate.update(this.#settings.clock.monotonic())
  }

  #resolve(instance: PluginInstance, definition: InstrumentDefinition): ResolvedDefinition {
    const seriesLimit = this.#settings.seriesLimit ?? defaultSeriesLimit
    const constantLabels = Object.keys(instance.labels)
    return resolveDefinition(definition, { plugin: instance.plugin, seriesLimit, constantLabels })
  }

  #create(instance: PluginInstance, plan: Plan): Omit<Registered, 'definition'> {
    const instrument = this.#instrument(instance, plan, plan.stored)
    if (plan.isOff || !plan.merges || (plan.given.kind === 'gauge' && plan.dropped.size === 0)) {
      const totals = new SourceTotals(instrument)
      const handle = createHandle(instrument, totals)
      return { instrument, handle, totals, listed: plan.isOff ? undefined : instrument }
    }
    if (plan.given.kind !== 'gauge') {
      // sources are distinguished by the labels that callers give, before views and privacy change them
      const sources = this.#table(plan.given, new Map())
      const totals = new SourceTotals(instrument, sources)
      return { instrument, handle: createHandle(instrument, totals), totals, listed: instrument }
    }
    const full = this.#instrument(instance, plan, plan.given)
    instrument.refresh = () => reduceGauge(full, instrument, plan.reduce)
    const totals = new SourceTotals(full)
    return { instrument: full, handle: createHandle(full, totals), totals, listed: instrument }
  }

  #instrument(instance: PluginInstance, plan: Plan, definition: ResolvedDefinition): Instrument {
    return new Instrument(definition, {
      instance,
      table: this.#table(definition, plan.transforms),
      clock: this.#settings.clock,
      losses: this.losses,
      callerLabels: plan.given.labels.map((label) => label.name),
      isMerged: plan.merges && definition.kind !== 'gauge',
    })
  }

  #table(definition: ResolvedDefinition, transforms: Plan['transforms']): SeriesTable {
    const readers = definition.labels.map(
      ({ name, values }) => new LabelReader(this.pool, { name, values, transform: transforms.get(name) }),
    )
    return new SeriesTable(this.pool, this.#creations, readers)
  }

  #addRate(instance: PluginInstance, table: InstrumentTable, definition: RateDefinition): void {
    const counter = this.#registered.get(instance)?.get(table[definition.of]?.name ?? '')
    if (counter?.definition.kind !== 'counter') throw noCounter(instance, definition)
    if (counter.listed === undefined) return
    const plan = this.#planner.plan(this.#resolve(instance, definition))
    if (plan.isOff) return
    const { labels, hasOpenLabels } = counter.instrument.definition
    const rate = new Instrument(
      { ...plan.stored, labels, hasOpenLabels, lifetime: 'event' },
      {
        instance,
        table: counter.instrument.table,
        clock: this.#settings.clock,
        losses: this.losses,
        callerLabels: [],
      },
    )
    this.#families.add(rate)
    this.#keep(instance, {
      definition,
      handle: undefined,
      totals: new SourceTotals(rate),
      instrument: rate,
      listed: rate,
    })
    const trackers = this.#rates.get(instance) ?? []
    trackers.push(new RateTracker(counter.instrument, rate, definition.windowMs ?? 1_000))
    this.#rates.set(instance, trackers)
  }

  #unlist({ instrument, listed, handle }: Registered): void {
    // a handle with labels also removes the sources that it follows
    ;(handle as { clear?(): void } | undefined)?.clear?.()
    instrument.clear()
    if (listed !== undefined) this.#families.remove(listed)
  }

  #keep(instance: PluginInstance, registered: Registered): void {
    const mine = this.#registered.get(instance) ?? new Map<string, Registered>()
    mine.set(registered.definition.name, registered)
    this.#registered.set(instance, mine)
  }
}
