import type { Reduction } from '../definition/definition.js'
import type { ResolvedDefinition } from '../definition/resolve.js'
import { cellsOf } from '../definition/resolve.js'
import type { LabelTransform } from '../storage/label-reader.js'
import type { PrivacyMode, PrivacyPolicy } from './privacy.js'

/** What the host changes about the metrics whose name matches. Later views win over earlier ones. */
export interface View {
  /** A metric name; `*` stands for any characters. */
  readonly match: string
  /** `off`: nothing is recorded or exported. Default `on`. */
  readonly metric?: 'on' | 'off'
  /** Labels to leave out. Counters and distributions that become equal are summed. */
  readonly dropLabels?: readonly string[]
  /** How gauges that become equal are reduced. Default: what the gauge's definition says, else `sum`. */
  readonly reduce?: Reduction
  /** What to do with the values of labels, by label name: a mode, or how many characters to keep. */
  readonly labels?: Readonly<Record<string, PrivacyMode | { readonly truncate: number }>>
  /** Other upper bounds for a histogram. */
  readonly bounds?: readonly number[]
  /** Another maximum of series. */
  readonly seriesLimit?: number
}

/** What is made of one definition: what is stored, and how label values are changed on the way. */
export interface Plan {
  readonly isOff: boolean
  /** As callers record it. */
  readonly given: ResolvedDefinition
  /** As it is stored and exported: without the labels that a view drops. */
  readonly stored: ResolvedDefinition
  /** Names of the labels that callers give and that aren't stored. */
  readonly dropped: ReadonlySet<string>
  /** Whether several series of the callers may become one. */
  readonly merges: boolean
  readonly reduce: Reduction
  readonly transforms: ReadonlyMap<string, LabelTransform>
}

/** Applies the host's views and privacy rules to definitions. */
export class ViewPlanner {
  readonly #views: readonly View[]
  readonly #privacy: PrivacyPolicy

  constructor(views: readonly View[], privacy: PrivacyPolicy) {
    this.#views = views
    this.#privacy = privacy
  }

  plan(definition: ResolvedDefinition): Plan {
    const view = this.#viewFor(definition.name)
    const isOff = view.metric === 'off'
    const names = definition.labels.map((label) => label.name)
    const dropped = new Set(names.filter((name) => isOff || view.dropLabels?.includes(name)))
    const transforms = new Map<string, LabelTransform>()
    const rules = definition.labels.map(
      ({ name, privacy }) => view.labels?.[name] ?? this.#privacy.modeOf(privacy),
    )
    for (const [i, label] of definition.labels.entries()) {
      const rule = rules[i]
      if (rule === 'drop') dropped.add(label.name)
      else if (rule !== 'keep') transforms.set(label.name, this.#transformFor(rule))
    }
    const given = changed(definition, view)
    return {
      isOff,
      given,
      stored: withoutLabels(given, dropped),
      dropped,
      merges: dropped.size > 0 || rules.some((rule) => typeof rule === 'object'),
      reduce: view.reduce ?? definition.reduce,
      transforms,
    }
  }

  #viewFor(name: string): View {
    const matching = this.#views.filter(({ match }) => matchesName(match, name))
    const merged: View = Object.assign({ match: name }, ...matching)
    // no prototype: a label may be called `constructor`
    const labels = Object.assign(Object.create(null), ...matching.map((view) => view.labels))
    return { ...merged, labels, dropLabels: matching.flatMap((view) => view.dropLabels ?? []) }
  }

  #transformFor(rule: 'shorten' | 'hash' | { readonly truncate: number }): LabelTransform {
    if (typeof rule === 'string') return this.#privacy.transform(rule)
    return (value) => (value.length > rule.truncate ? value.slice(0, rule.truncate) : value)
  }
}

function changed(definition: ResolvedDefinition, view: View): ResolvedDefinition {
  const bounds = definition.kind === 'histogram' && view.bounds ? [...view.bounds] : definition.bounds
  return {
    ...definition,
    bounds,
    cells: cellsOf(definition.kind, bounds.length, definition.states.length),
    seriesLimit: view.seriesLimit ?? definition.seriesLimit,
  }
}

function withoutLabels(definition: ResolvedDefinition, dropped: ReadonlySet<string>): ResolvedDefinition {
  const labels = definition.labels.filter((label) => !dropped.has(label.name))
  return { ...definition, labels, hasOpenLabels: labels.some((label) => label.values === undefined) }
}

/** Whether a name fits a pattern in which `*` stands for any characters. Reads each part once, without a RegExp. */
export function matchesName(match: string, name: string): boolean {
  const [first = '', ...others] = match.split('*')
  const last = others.pop()
  if (last === undefined) return name === first
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const part of others) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return name.length - last.length >= at && name.endsWith(last)
}
