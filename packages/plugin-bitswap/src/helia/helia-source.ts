import { UndoList } from '@tidegauge/attach'
import type { SourceContext } from '@tidegauge/core'
import { AdvertisementCounts, type AdvertisementTotals } from '../advertisement/counts.js'
import type { BitswapSnapshot, BitswapSource } from '../source.js'
import { combineTotals } from '../advertisement/combine-totals.js'
import { AttachedObjects } from './advertisement/attached-objects.js'
import { watchAdvertisements } from './advertisement/watch.js'
import { BitswapWatcher, NodeCounts } from './bitswap-watcher.js'
import { askComponents, findBitswap, type ComponentsAnswer } from './find-bitswap.js'
import { ShapeCheck } from './shape-check.js'
import type { HeliaLike, HeliaOption } from './shapes.js'

/** A node, what it answered when it was asked for its components, and what it lacks. */
interface Node {
  readonly helia: HeliaLike
  readonly answer: ComponentsAnswer
  readonly shape: ShapeCheck
}

/**
 * Reads a Helia node. Attaches as soon as the node has a bitswap, and again when the node or a part of it was
 * replaced. Totals continue over all of them.
 */
export class HeliaSource implements BitswapSource {
  readonly #option: HeliaOption
  readonly #others: AdvertisementTotals | undefined
  readonly #counts = new NodeCounts()
  readonly #advertisements = new AdvertisementCounts()
  #context: (SourceContext & { readonly attached: AttachedObjects }) | undefined
  #node: Node | undefined
  #watcher: BitswapWatcher | undefined
  /** Why the bitswap of now was not found. */
  #problem: string | undefined
  readonly #nodeUndo = new UndoList()

  /** `others` are advertisements that this does not see, such as an auto-provider's: they are added at each read. */
  constructor(option: HeliaOption, others?: AdvertisementTotals) {
    this.#option = option
    this.#others = others
  }

  /** Never fails: a node that is not there yet is looked for at each read. */
  start(context: SourceContext): void {
    this.stop()
    this.#context = { ...context, attached: new AttachedObjects(context.logOnce) }
    this.#attachSafely()
  }

  read(): BitswapSnapshot {
    this.#attach()
    const { sent, received, failedSends } = this.#counts
    const snapshot = this.#watcher?.read() ?? { sent, received, failedSends }
    const problem = this.#findProblem()
    return {
      ...snapshot,
      advertisements: combineTotals(this.#advertisements, this.#others),
      ...(problem === undefined ? {} : { problems: [problem] }),
    }
  }

  stop(): void {
    this.#leaveNode()
    this.#context = undefined
  }

  #attachSafely(): void {
    this.#context?.logOnce.guard('attaching to the Helia node', () => this.#attach())
  }

  #attach(): void {
    const context = this.#context
    if (context === undefined) return
    const helia = typeof this.#option === 'function' ? this.#option() : this.#option
    if (helia !== this.#node?.helia) this.#changeNode(helia)
    if (this.#node === undefined) return
    const { helia: node, answer, shape } = this.#node
    const found = findBitswap(node, answer)
    this.#problem = 'problem' in found ? found.problem : undefined
    // of a node without a bitswap that the plugin knows, nothing is known
    if ('problem' in found) return
    if (this.#watcher?.watches(found.bitswap) !== true) {
      this.#watcher?.stop()
      this.#watcher = new BitswapWatcher(found.bitswap, { ...context, counts: this.#counts, shape })
    }
    if (isRunning(node)) watchAdvertisements(node, { ...context, counts: this.#advertisements, shape })
  }

  /** A node attaches its bitswap while it starts; its event `start` comes before the first messages. */
  #changeNode(helia: HeliaLike | undefined): void {
    this.#leaveNode()
    if (helia === undefined) return
    this.#node = { helia, answer: askComponents(helia), shape: new ShapeCheck() }
    const { events } = helia
    if (typeof events?.addEventListener !== 'function') return
    const onStart = (): void => this.#attachSafely()
    const onStop = (): void => this.#context?.attached.detachAll()
    events.addEventListener('start', onStart)
    events.addEventListener('stop', onStop)
    this.#nodeUndo.add(() => {
      events.removeEventListener('start', onStart)
      events.removeEventListener('stop', onStop)
    })
  }

  #leaveNode(): void {
    this.#context?.attached.detachAll()
    this.#nodeUndo.run()
    this.#watcher?.stop()
    this.#watcher = undefined
    this.#node = undefined
    this.#problem = undefined
  }

  #findProblem(): string | undefined {
    if (this.#node === undefined) return 'there is no Helia node now: the function helia returned undefined'
    const { helia, shape } = this.#node
    const stopped = isRunning(helia) ? this.#watcher?.stopped : `the Helia node is ${helia.status}`
    if (stopped !== undefined) return `${stopped}; it is measured again when it has started`
    return this.#problem ?? shape.problem
  }
}

function isRunning({ status }: HeliaLike): boolean {
  return status === undefined || status === 'started'
}
