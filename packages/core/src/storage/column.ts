import { pageLength, pageOf, pageStart } from './paging.js'

/** Numbers by slot, `width` of them for each slot, in pages that never move. */
export class Column<Page extends Float64Array | Uint32Array> {
  readonly width: number
  readonly pages: Page[] = []
  readonly #create: (length: number) => Page

  constructor(width: number, create: (length: number) => Page) {
    this.width = width
    this.#create = create
  }

  /** Makes sure that `slot` has its place; new places hold zeros. */
  reserve(slot: number): void {
    while (this.pages.length <= pageOf(slot))
      this.pages.push(this.#create(pageLength(this.pages.length) * this.width))
  }

  pageFor(slot: number): Page {
    return this.pages[pageOf(slot)]
  }

  /** Index of the slot's first number in its page. */
  indexOf(slot: number): number {
    return (slot - pageStart(pageOf(slot))) * this.width
  }

  get(slot: number): number {
    return this.pageFor(slot)[this.indexOf(slot)]
  }

  set(slot: number, value: number): void {
    this.pageFor(slot)[this.indexOf(slot)] = value
  }

  /** Back to zeros. */
  clear(slot: number): void {
    const at = this.indexOf(slot)
    this.pageFor(slot).fill(0, at, at + this.width)
  }
}

export function float64Column(width: number): Column<Float64Array> {
  return new Column(width, (length) => new Float64Array(length))
}

export function uint32Column(width = 1): Column<Uint32Array> {
  return new Column(width, (length) => new Uint32Array(length))
}
