import { UndoList } from '@tidegauge/attach'
import type { SourceContext } from '@tidegauge/core'
import { AdvertisementCounts } from '../advertisement/counts.js'
import type { BitswapSnapshot, BitswapSource } from '../source.js'
import { AttachedObjects } from './advertisement/attached-objects.js'
import { watchAdvertisements } from './advertisement/watch.js'
import { BitswapWatcher, NodeCounts } from './bitswap-watcher.js'
import { askComponents, findBitswap, type ComponentsAnswer } from './find-bitswap.js'
import type { HeliaLike, HeliaOption } from './shapes.js'

/** A node, and what it answered when it was asked for its components. */
interface Node {
  readonly helia: HeliaLike
  readonly answer: ComponentsAnswer
}

/**
 * Reads a Helia node. Attaches as soon as the node has a bitswap, and again when the node or a part of it was
 * replaced. Totals continue over all of them.
 */
export class HeliaSource implements BitswapSource {
  readonly #option: HeliaOption
  readonly #counts = new NodeCounts()
  readonly #advertisements = new AdvertisementCounts()
  #context: (SourceContext & { readonly attached: AttachedObjects }) | undefined
  #node: Node | undefined
  #watcher: BitswapWatcher | undefined
  /** Why there is no watcher. */
  #problem: string | undefined
  readonly #nodeUndo = new UndoList()

  constructor(option: HeliaOption) {
    this.#option = option
  }

  /** Never fails: a node that is not there yet is looked for at each read. */
  start(context: SourceContext): void {
    this.stop()
    this.#context = { ...context, attached: new AttachedObjects(context.logOnce) }
    this.#attachSafely()
  }

  read(): BitswapSnapshot {
    this.#attach()
    const problem = this.#findProblem()
    const { sent, received, failedSends } = this.#counts
    return {
      ...(this.#watcher?.read() ?? { sent, received, failedSends }),
      advertisements: this.#advertisements,
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
    this.#attachBitswap(this.#node, context)
    if (isRunning(this.#node.helia))
      watchAdvertisements(this.#node.helia, { ...context, counts: this.#advertisements })
  }

  #attachBitswap({ helia, answer }: Node, context: SourceContext): void {
    const found = findBitswap(helia, answer)
    this.#problem = 'problem' in found ? found.problem : undefined
    if ('problem' in found || this.#watcher?.watches(found.bitswap) === true) return
    this.#watcher?.stop()
    this.#watcher = new BitswapWatcher(found.bitswap, this.#counts, context)
  }

  /** A node attaches its bitswap while it starts; its event `start` comes before the first messages. */
  #changeNode(helia: HeliaLike | undefined): void {
    this.#leaveNode()
    if (helia === undefined) return
    this.#node = { helia, answer: askComponents(helia) }
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
    const helia = this.#node?.helia
    if (helia === undefined) return 'there is no Helia node now: the function helia returned undefined'
    if (!isRunning(helia))
      return `the Helia node is ${helia.status}; it is measured again when it has started`
    return this.#problem
  }
}

function isRunning({ status }: HeliaLike): boolean {
  return status === undefined || status === 'started'
}
