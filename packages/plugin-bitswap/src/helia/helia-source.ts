import { UndoList } from '@tidegauge/attach'
import { CollectError } from '@tidegauge/core'
import { AdvertisementTally } from '../advertisement/tally.js'
import { watchAdvertisements } from '../advertisement/watch.js'
import type { BitswapSnapshot, BitswapSource, BitswapSourceContext } from '../source/source.js'
import { Attachment, NodeTotals } from './attachment.js'
import { askComponents, findBitswap, type Answer } from './find-bitswap.js'
import type { HeliaLike } from './shapes.js'

/** The node, or a function that tells which it is now, for hosts that make theirs anew. */
export type HeliaOption = HeliaLike | (() => HeliaLike | undefined)

interface Node {
  readonly helia: HeliaLike
  readonly answer: Answer
}

/**
 * Reads a Helia node. Attaches as soon as the node's bitswap is there, and again when the node, or a part of it, was
 * made anew; its totals go on over all of them.
 */
export class HeliaSource implements BitswapSource {
  readonly #option: HeliaOption
  readonly #totals = new NodeTotals()
  readonly #advertisements = new AdvertisementTally()
  #context: BitswapSourceContext | undefined
  #node: Node | undefined
  #attachment: Attachment | undefined
  /** Why there is no attachment, in words. */
  #missing: string | undefined
  readonly #ofNode = new UndoList()
  readonly #ofRun = new UndoList()

  constructor(option: HeliaOption) {
    this.#option = option
  }

  /** Never fails: a node that is not there yet is looked for at each read. */
  start(context: BitswapSourceContext): void {
    this.stop()
    this.#context = context
    context.logOnce.guard('attaching to the Helia node', () => this.#look())
  }

  read(): BitswapSnapshot {
    this.#look()
    const fault = this.#fault()
    const { sent, received, failedSends } = this.#totals
    return {
      ...(this.#attachment?.read() ?? { sent, received, failedSends }),
      advertisements: this.#advertisements,
      ...(fault === undefined ? {} : { faults: [fault] }),
    }
  }

  stop(): void {
    this.#leave()
    this.#context = undefined
  }

  #look(): void {
    const context = this.#context
    if (context === undefined)
      throw new CollectError('COLLECT_FAILED', 'bitswap', 'plugin "bitswap": the source was not started')
    const helia = typeof this.#option === 'function' ? this.#option() : this.#option
    if (helia !== this.#node?.helia) this.#turnTo(helia, context)
    if (this.#node === undefined || helia === undefined) return
    this.#attachTo(this.#node, context)
    if (isRunning(helia)) watchAdvertisements(helia, this.#advertisements, context, this.#ofRun)
  }

  #attachTo({ helia, answer }: Node, context: BitswapSourceContext): void {
    const found = findBitswap(helia, answer)
    this.#missing = 'missing' in found ? found.missing : undefined
    if ('missing' in found || this.#attachment?.fits(found.bitswap) === true) return
    this.#attachment?.detach()
    this.#attachment = new Attachment(found.bitswap, this.#totals, context)
  }

  /** A node attaches its bitswap while it starts; one that is told of its start does not miss the first messages. */
  #turnTo(helia: HeliaLike | undefined, { logOnce }: BitswapSourceContext): void {
    this.#leave()
    if (helia === undefined) return
    this.#node = { helia, answer: askComponents(helia) }
    const { events } = helia
    if (typeof events?.addEventListener !== 'function') return
    const started = (): void => logOnce.guard('attaching to the Helia node', () => this.#look())
    const stopped = (): void => this.#ofRun.run()
    events.addEventListener('start', started)
    events.addEventListener('stop', stopped)
    this.#ofNode.add(() => {
      events.removeEventListener('start', started)
      events.removeEventListener('stop', stopped)
    })
  }

  #leave(): void {
    this.#ofRun.run()
    this.#ofNode.run()
    this.#attachment?.detach()
    this.#attachment = undefined
    this.#node = undefined
    this.#missing = undefined
  }

  #fault(): string | undefined {
    const helia = this.#node?.helia
    if (helia === undefined) return 'there is no Helia node now: the function helia returned undefined'
    if (!isRunning(helia))
      return `the Helia node is ${helia.status}; it is measured again by itself when it has started`
    return this.#missing
  }
}

function isRunning({ status }: HeliaLike): boolean {
  return status === undefined || status === 'started'
}
