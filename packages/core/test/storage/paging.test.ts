import { describe, expect, test } from 'vitest'
import { pageLength, pageOf, pageStart } from '../../src/storage/paging.js'

const pages = Array.from({ length: 40 }, (_, page) => page)

describe('paging', () => {
  test('puts the first and the last slot of every page on it, and the next slot on the next', () => {
    for (const page of pages) {
      const start = pageStart(page)
      const last = start + pageLength(page) - 1
      expect([pageOf(start), pageOf(last), pageOf(last + 1)], `page ${page}`).toEqual([page, page, page + 1])
    }
  })

  test('leaves no gap between pages, beginning at slot 0', () => {
    expect(pageStart(0)).toBe(0)
    for (const page of pages) expect(pageStart(page + 1)).toBe(pageStart(page) + pageLength(page))
  })

  test('doubles the pages from 8 slots to 32,768 and then keeps their size', () => {
    expect(pages.slice(0, 15).map(pageLength)).toEqual([
      8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 32_768, 32_768,
    ])
  })

  test('holds beyond ten million slots', () => {
    const slot = 12_345_678
    const page = pageOf(slot)
    expect(slot).toBeGreaterThanOrEqual(pageStart(page))
    expect(slot).toBeLessThan(pageStart(page) + pageLength(page))
  })
})
