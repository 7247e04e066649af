import { isFunction, safeGet, safeGetMethod } from '@tidegauge/attach'
import type { NodeView } from './node-view.js'
import type { MessageStreamLike } from './shapes.js'

/**
 * Checks that a node is made of the objects of js-libp2p 3, so that no other version gives wrong values.
 *
 * js-libp2p 3 has message streams (`send`, and events) and middleware, js-libp2p 2 has neither. The node itself is
 * checked when it is first read, a stream or a transport's connection when it is first counted.
 */
export class ShapeCheck {
  /** What the node lacks, and what to do; undefined while nothing is known to be missing. */
  problem: string | undefined
  readonly #view: NodeView

  constructor(view: NodeView) {
    this.#view = view
  }

  /** Checks the node, as soon as libp2p has created its components. Returns whether it can be measured. */
  isKnownNode(): boolean {
    const { registrar } = this.#view
    if (registrar !== undefined && safeGetMethod(registrar, 'getMiddleware') === undefined)
      this.#lacks('registrar.getMiddleware')
    return this.problem === undefined
  }

  /** Checks a stream, or a transport's connection. One that is not known must not be touched. */
  isKnownStream(stream: Partial<MessageStreamLike>): boolean {
    if (isFunction(stream.send) && isFunction(stream.dispatchEvent) && isFunction(stream.addEventListener))
      return true
    this.#lacks('stream.send, stream.dispatchEvent or stream.addEventListener')
    return false
  }

  /** Another node is measured from now on. */
  reset(): void {
    this.problem = undefined
  }

  #lacks(missing: string): void {
    const version = safeGet(safeGet(this.#view.components, 'nodeInfo'), 'userAgent')
    const itself = typeof version === 'string' ? ` (it is ${version})` : ''
    this.problem ??= `this node is not a js-libp2p 3${itself}: it lacks ${missing}, without which nothing can be counted; install libp2p 3, or a version of @tidegauge/plugin-libp2p that knows this one, or record with createLibp2pRecorder() and pass it as source`
  }
}
