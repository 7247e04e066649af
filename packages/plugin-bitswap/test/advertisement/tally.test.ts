import { expect, it } from 'vitest'
import { AdvertisementTally } from '../../src/advertisement/tally.js'

it('starts with nothing counted and no times', () => {
  const { dht, delegated, skipped, lastAttemptMs } = new AdvertisementTally()
  const none = { success: 0, failure: 0 }
  expect({ dht, delegated, skipped, lastAttemptMs }).toEqual({
    dht: none,
    delegated: none,
    skipped: 0,
    lastAttemptMs: undefined,
  })
})

it('keeps targets, results and times apart', () => {
  const tally = new AdvertisementTally()
  tally.attempt(100)
  tally.success('dht', 200)
  tally.failure('dht')
  tally.success('delegated', 300)
  tally.success('delegated', 400)
  tally.skip()
  tally.skip(3)
  expect(tally.dht).toEqual({ success: 1, failure: 1, lastSuccessMs: 200 })
  expect(tally.delegated).toEqual({ success: 2, failure: 0, lastSuccessMs: 400 })
  expect([tally.skipped, tally.lastAttemptMs]).toEqual([4, 100])
})

it('is fed by a source once, until that is released', () => {
  const tally = new AdvertisementTally()
  const source = {}
  expect([tally.claim(source), tally.claim(source), tally.claim({})]).toEqual([true, false, true])
  tally.release(source)
  expect(tally.claim(source)).toBe(true)
})
