import { BoundedNames } from '@tidegauge/attach'
import type { Clock, LogOnce, ReadPass, SourceContext } from '@tidegauge/core'
import type { HeliaSettings } from '../options.js'
import { RecordStates } from '../records/record-states.js'
import { DEFAULT_NAMESPACE, firstSegment, type IpnsRecord } from '../records/record.js'
import type { IpnsSnapshot, IpnsSource } from '../source.js'
import { findNode } from './find-node.js'
import { NodeCounts } from './node-counts.js'
import { NodeWatcher } from './node-watcher.js'
import type { IpnsLike, NodeLike } from './shapes.js'

const NO_NODE = 'there is no IPNS object now: the function name returned undefined'

/**
 * Reads the records that an `IPNS` object of `@helia/ipns` keeps alive. Where the options are functions, it turns to
 * the object of now at each read. Totals go on over all objects and all starts.
 */
export class HeliaSource implements IpnsSource {
  readonly #settings: HeliaSettings
  readonly #logOnce: LogOnce
  readonly #counts = new NodeCounts()
  readonly #states: RecordStates
  #clock: Clock | undefined
  #watcher: NodeWatcher | undefined
  /** What was watched last, also when it is no longer. An object that is gone is not kept by it. */
  #lastName: WeakRef<IpnsLike> | undefined

  constructor(settings: HeliaSettings, logOnce: LogOnce) {
    this.#settings = settings
    this.#logOnce = logOnce
    const { namespace = firstSegment, maxNamespaces } = settings
    const names = new BoundedNames({
      max: maxNamespaces,
      what: 'namespaces',
      option: 'maxNamespaces',
      logOnce,
    })
    const namespaceOf = (record: IpnsRecord): string =>
      names.nameOf(logOnce.guard('the option namespace', () => namespace(record)))
    this.#states = new RecordStates(namespaceOf, this.#counts.attempts)
    // the only namespace of real records is exported from zero on
    if (settings.namespace === undefined) this.#counts.attempts.addNamespace(DEFAULT_NAMESPACE)
  }

  /** Never fails: an object that is not there yet is looked for at each read. */
  start({ clock }: SourceContext): void {
    this.stop()
    this.#clock = clock
    this.#attach()
  }

  async read(pass: ReadPass): Promise<IpnsSnapshot> {
    const problem = this.#attach()
    const { records, isRepublisherRunning, problems = [] } = (await this.#watcher?.read(pass)) ?? {}
    const totals = this.#counts.read()
    return {
      ...totals,
      ...(records !== undefined && { records }),
      republisher: {
        ...totals.republisher,
        ...(isRepublisherRunning !== undefined && { isRunning: isRepublisherRunning }),
      },
      problems: problem === undefined ? problems : [problem, ...problems],
    }
  }

  stop(): void {
    this.#clock = undefined
    this.#leaveNode()
  }

  /** Turns to the node of now. Returns what is wrong with it; what is watched is kept while the node is not known. */
  #attach(): string | undefined {
    const found = findNode(this.#settings)
    if ('problem' in found) return found.problem
    const { node } = found
    if (node === undefined || this.#watcher?.watches(node) === false) this.#leaveNode()
    if (node === undefined) return NO_NODE
    if (this.#clock !== undefined) this.#watcher ??= this.#watch(node, this.#clock)
    return undefined
  }

  #watch(node: NodeLike, clock: Clock): NodeWatcher {
    if (this.#lastName !== undefined && this.#lastName.deref() !== node.name) this.#states.nodeChanged()
    this.#lastName = new WeakRef(node.name)
    return new NodeWatcher(node, {
      ...this.#settings,
      clock,
      logOnce: this.#logOnce,
      states: this.#states,
      counts: this.#counts,
      isReplaceable: typeof this.#settings.name === 'function',
    })
  }

  #leaveNode(): void {
    this.#watcher?.stop()
    this.#watcher = undefined
  }
}
