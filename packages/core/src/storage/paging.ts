/**
 * Columns grow by pages that never move, so that a bound series keeps its page and index for good and
 * growth copies nothing. Page 0 holds 8 slots, each next one twice as many, up to 32,768.
 */
const FIRST_BITS = 3
const GROWING_PAGES = 13
const MAX_BITS = FIRST_BITS + GROWING_PAGES - 1
const MAX_LENGTH = 1 << MAX_BITS
/** The first slot of the pages that no longer grow. */
const PLAIN_FROM = ((1 << GROWING_PAGES) - 1) << FIRST_BITS

/** The page that a slot is on. */
export function pageOf(slot: number): number {
  return slot < PLAIN_FROM
    ? 31 - Math.clz32((slot >>> FIRST_BITS) + 1)
    : GROWING_PAGES + ((slot - PLAIN_FROM) >>> MAX_BITS)
}

/** The first slot of a page. */
export function pageStart(page: number): number {
  return page < GROWING_PAGES
    ? ((1 << page) - 1) << FIRST_BITS
    : PLAIN_FROM + ((page - GROWING_PAGES) << MAX_BITS)
}

/** How many slots a page holds. */
export function pageLength(page: number): number {
  return page < GROWING_PAGES ? 1 << (FIRST_BITS + page) : MAX_LENGTH
}
