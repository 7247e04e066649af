import { UndoList, type Undo } from '@tidegauge/attach'
import type { Clock, Logger, LogOnce } from '@tidegauge/core'
import type { AdvertisementCounts } from '../../advertisement/counts.js'
import type { ShapeCheck } from '../shape-check.js'

/** What counting the advertisements of a node needs. */
export interface AdvertisementDeps {
  readonly counts: AdvertisementCounts
  /** Its wall clock dates attempts and successes. */
  readonly clock: Clock
  /** Logs provides that stay open for a long time, and their end. */
  readonly logger: Logger
  readonly logOnce: LogOnce
  readonly attached: AttachedObjects
  /** Where it notes what the node lacks. */
  readonly shape: ShapeCheck
}

/** The objects of a node that are attached to, each once. */
export class AttachedObjects {
  readonly #logOnce: LogOnce
  readonly #objects = new Set<object>()
  readonly #undo = new UndoList()

  constructor(logOnce: LogOnce) {
    this.#logOnce = logOnce
  }

  /** Attaches to an object, unless that was done. An error of `attach` is logged, and it is not tried again. */
  attach(object: object, what: string, attach: () => Undo): void {
    if (this.#objects.has(object)) return
    this.#objects.add(object)
    const detach = this.#logOnce.guard(`attaching to ${what}`, attach)
    if (detach !== undefined) this.#undo.add(detach)
  }

  /** Restores all objects. */
  detachAll(): void {
    this.#objects.clear()
    this.#undo.run()
  }
}
