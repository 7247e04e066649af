import { expect, it } from 'vitest'
import { AdvertisementCounts } from '../../src/advertisement/counts.js'

it('starts with nothing counted and no times', () => {
  const { dht, delegated, skipped, lastAttemptMs } = new AdvertisementCounts()
  const none = { success: 0, failure: 0 }
  expect({ dht, delegated, skipped, lastAttemptMs }).toEqual({
    dht: none,
    delegated: none,
    skipped: 0,
    lastAttemptMs: undefined,
  })
})

it('keeps targets, results and times apart', () => {
  const counts = new AdvertisementCounts()
  counts.attempt(100)
  counts.success('dht', 200)
  counts.failure('dht')
  counts.success('delegated', 300)
  counts.success('delegated', 400)
  counts.skip()
  counts.skip(3)
  expect(counts.dht).toEqual({ success: 1, failure: 1, lastSuccessMs: 200 })
  expect(counts.delegated).toEqual({ success: 2, failure: 0, lastSuccessMs: 400 })
  expect([counts.skipped, counts.lastAttemptMs]).toEqual([4, 100])
})
