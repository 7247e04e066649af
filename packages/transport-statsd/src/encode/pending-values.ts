/**
 * The values that the receiver will have once a chunk is sent: for each line, the memory cell and its new value.
 *
 * Cells are set only after the chunk was sent, so that unsent values stay due for the next flush.
 */
export class PendingValues {
  /** How many values are pending. */
  size = 0
  #pages: Float64Array[] = []
  #at: number[] = []
  #values: number[] = []

  /** Adds "`page[at]` becomes `value`". */
  add(page: Float64Array, at: number, value: number): void {
    this.#pages[this.size] = page
    this.#at[this.size] = at
    this.#values[this.size] = value
    this.size++
  }

  /** Sets the first `count` values and removes them; the others move to the front. */
  commit(count: number): void {
    for (let i = 0; i < count; i++) this.#pages[i][this.#at[i]] = this.#values[i]
    this.#pages.copyWithin(0, count, this.size)
    this.#at.copyWithin(0, count, this.size)
    this.#values.copyWithin(0, count, this.size)
    this.size -= count
  }

  /** Removes all values and releases their memory. */
  clear(): void {
    this.#pages = []
    this.#at = []
    this.#values = []
    this.size = 0
  }
}
