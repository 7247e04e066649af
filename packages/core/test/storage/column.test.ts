import { describe, expect, test } from 'vitest'
import { float64Column, uint32Column } from '../../src/storage/column.js'
import { pageLength, pageStart } from '../../src/storage/paging.js'

const borders = Array.from({ length: 14 }, (_, page) => pageStart(page)).flatMap((start) =>
  [start - 1, start, start + 1].filter((slot) => slot >= 0),
)

describe('column', () => {
  test('keeps the numbers of slots at every page border apart', () => {
    const column = float64Column(3)
    column.reserve(Math.max(...borders))
    for (const slot of borders)
      for (let i = 0; i < 3; i++) column.pageFor(slot)[column.indexOf(slot) + i] = slot * 10 + i
    for (const slot of borders) {
      const at = column.indexOf(slot)
      const numbers = [...column.pageFor(slot).subarray(at, at + 3)]
      expect(numbers).toEqual([slot * 10, slot * 10 + 1, slot * 10 + 2])
    }
  })

  test('never moves a page, so that a kept page and index stay right while it grows', () => {
    const column = float64Column(1)
    column.reserve(5)
    const page = column.pageFor(5)
    const at = column.indexOf(5)
    column.reserve(100_000)
    page[at] = 7
    expect(column.get(5)).toBe(7)
  })

  test('clears one slot and not its neighbours', () => {
    const column = float64Column(2)
    column.reserve(pageLength(0))
    for (const slot of [6, 7, 8]) column.pageFor(slot).fill(1, column.indexOf(slot), column.indexOf(slot) + 2)
    column.clear(7)
    const numbers = [6, 7, 8].map((slot) => [
      ...column.pageFor(slot).subarray(column.indexOf(slot), column.indexOf(slot) + 2),
    ])
    expect(numbers).toEqual([
      [1, 1],
      [0, 0],
      [1, 1],
    ])
  })

  test('gives new places zeros, also when a far slot is reserved first', () => {
    const column = uint32Column()
    column.reserve(70_000)
    expect([0, 8, 4095, 70_000].map((slot) => column.get(slot))).toEqual([0, 0, 0, 0])
  })
})
