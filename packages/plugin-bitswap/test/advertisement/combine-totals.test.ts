import { expect, it } from 'vitest'
import { combineTotals } from '../../src/advertisement/combine-totals.js'
import { AdvertisementCounts } from '../../src/advertisement/counts.js'

it('adds the counts, and takes the later times (issue 10)', () => {
  const [one, other] = [new AdvertisementCounts(), new AdvertisementCounts()]
  one.attempt(100)
  one.success('dht', 150)
  one.success('delegated', 400)
  one.failure('delegated')
  other.attempt(300)
  other.success('dht', 120)
  other.failure('dht')
  other.skip(7)
  const expected = {
    dht: { success: 2, failure: 1, lastSuccessMs: 150 },
    delegated: { success: 1, failure: 1, lastSuccessMs: 400 },
    skipped: 7,
    lastAttemptMs: 300,
  }
  expect(combineTotals(one, other)).toEqual(expected)
  expect(combineTotals(other, one)).toEqual(expected)
})

it('has no time where neither has one, and changes nothing when there is one count only', () => {
  const none = new AdvertisementCounts()
  expect(Object.keys(combineTotals(none, new AdvertisementCounts())).sort()).toEqual([
    'delegated',
    'dht',
    'skipped',
  ])
  expect(combineTotals(none)).toBe(none)
})
