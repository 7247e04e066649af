import { createManualClock } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { PendingPuts } from '../../src/routing/pending-puts.js'

it('names each router that hangs once, and one that forwards only when no router behind it hangs', async () => {
  const clock = createManualClock()
  const puts = new PendingPuts(clock)
  const forwarded = puts.start('HeliaRouting', true)
  const [first, second] = [puts.start('dht', false), puts.start('dht', false)]
  await clock.advance(300_000)
  expect(puts.problem).toBeUndefined()
  await clock.advance(1)
  puts.start('young', false)
  expect(puts.problem).toContain('more than 5 minutes from router "dht";')
  first()
  expect(puts.problem).toContain('router "dht";')
  second()
  expect(puts.problem).toContain('router "HeliaRouting";')
  forwarded()
  forwarded()
  expect(puts.problem).toBeUndefined()
})

it('remembers a limited number of puts', async () => {
  const clock = createManualClock()
  const puts = new PendingPuts(clock)
  const answers = Array.from({ length: 1_000 }, () => puts.start('dht', false))
  puts.start('one too many', false)
  await clock.advance(400_000)
  for (const answer of answers) answer()
  expect(puts.problem).toBeUndefined()
})
