/** The key of a place that no label set leads to any more. */
export const NO_KEY = -1

/** Where the numbers of a series are: its slot, its page of cells, and the index of its first number there. */
export class SeriesPlace {
  readonly slot: number
  readonly page: Float64Array
  readonly at: number
  /** Its key in a {@link FrontCache}. */
  key = NO_KEY
  /** Another place of the same slot, for the same labels given in another way. */
  next: SeriesPlace | undefined

  constructor(slot: number, page: Float64Array, at: number) {
    this.slot = slot
    this.page = page
    this.at = at
  }
}
