/** What the handles keep of one slot; an instrument only links and detaches them. */
export interface BoundSlot {
  /** Another bound object of the same slot. */
  next: BoundSlot | undefined
  /** The series is gone; its next sample creates it again under these texts. */
  detach(texts: readonly string[]): void
}

/** The bound objects of an instrument's slots, so that they learn when a series is removed. */
export class BoundSlots {
  readonly #bySlot = new Map<number, BoundSlot>()

  /** The one bound object of a slot, made by `create` the first time. */
  at<B extends BoundSlot>(slot: number, create: () => B): B {
    const known = this.#bySlot.get(slot)
    if (known !== undefined) return known as B
    const bound = create()
    this.#bySlot.set(slot, bound)
    return bound
  }

  /** Adds a bound object that found its slot later, beside those that did before. */
  add(slot: number, bound: BoundSlot): void {
    bound.next = this.#bySlot.get(slot)
    this.#bySlot.set(slot, bound)
  }

  /** Detaches every bound object of a slot; `texts` is called when there is one. */
  detach(slot: number, texts: () => readonly string[]): void {
    let bound = this.#bySlot.get(slot)
    if (bound === undefined) return
    this.#bySlot.delete(slot)
    const known = texts()
    while (bound !== undefined) {
      const { next }: BoundSlot = bound
      bound.next = undefined
      bound.detach(known)
      bound = next
    }
  }
}
