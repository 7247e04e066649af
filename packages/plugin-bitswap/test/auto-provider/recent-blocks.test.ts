import { expect, it } from 'vitest'
import { RecentBlocks } from '../../src/auto-provider/recent-blocks.js'

it('has a block until its interval has passed, which starts again when the block is added again', () => {
  const recent = new RecentBlocks(100, 10)
  recent.add('a', 1_000)
  expect([recent.has('a', 1_099), recent.has('a', 1_100), recent.has('b', 1_000)]).toEqual([
    true,
    false,
    false,
  ])
  recent.add('a', 1_050)
  expect(recent.has('a', 1_149)).toBe(true)
})

it('forgets blocks whose interval has passed, and the oldest when there are too many', () => {
  const recent = new RecentBlocks(100, 3)
  for (let i = 0; i < 3; i++) recent.add(`old-${i}`, i)
  recent.add('new', 200)
  expect(recent.size).toBe(1)
  for (let i = 0; i < 5; i++) recent.add(`next-${i}`, 201)
  expect(recent.size).toBe(3)
  expect([recent.has('new', 201), recent.has('next-1', 201), recent.has('next-2', 201)]).toEqual([
    false,
    false,
    true,
  ])
})

it('has nothing when there is no interval', () => {
  const recent = new RecentBlocks(0, 10)
  recent.add('a', 5)
  expect([recent.has('a', 5), recent.size]).toEqual([false, 0])
})
