/**
 * What becomes true when a chunk has been sent: which remembered figure gets which value.
 *
 * Nothing is remembered before, so that what could not be sent is still due at the next flush.
 */
export class Journal {
  #pages: Float64Array[] = []
  #at: number[] = []
  #values: number[] = []
  #size = 0

  add(page: Float64Array, at: number, value: number): void {
    this.#pages[this.#size] = page
    this.#at[this.#size] = at
    this.#values[this.#size] = value
    this.#size++
  }

  /** Makes the first entries true and forgets them; later ones move up. */
  commit(count: number): void {
    for (let i = 0; i < count; i++) this.#pages[i][this.#at[i]] = this.#values[i]
    this.drop(count)
  }

  /** Forgets the first entries; later ones move up. */
  drop(count: number): void {
    this.#pages.copyWithin(0, count, this.#size)
    this.#at.copyWithin(0, count, this.#size)
    this.#values.copyWithin(0, count, this.#size)
    this.#size -= count
  }

  get size(): number {
    return this.#size
  }

  /** Lets go of everything, the memory too. */
  clear(): void {
    this.#pages = []
    this.#at = []
    this.#values = []
    this.#size = 0
  }
}
