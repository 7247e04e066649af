import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { OpenPuts } from '../src/helia/open-puts.js'
import { RepublisherWatch } from '../src/helia/republisher-watch.js'

describe('the runs of the republisher', () => {
  const watch = () => {
    const clock = createManualClock(0)
    const totals = { success: 0, failure: 0 }
    return { clock, totals, watch: new RepublisherWatch(clock, 1_000, totals) }
  }

  it('are over when the next one begins', async () => {
    const one = watch()
    expect(one.watch.nextRunMs).toBe(1_000)
    await one.clock.advance(5)
    one.watch.listed([]).ended(true)
    expect([one.watch.endedRunMs, one.watch.nextRunMs]).toEqual([undefined, 1_005])
    await one.clock.advance(10)
    one.watch.listed([])
    expect([one.watch.endedRunMs, one.watch.nextRunMs]).toEqual([5, 1_015])
    expect(one.totals).toEqual({ success: 1, failure: 0 })
  })

  it('are followed by the next one an interval after their end, where that is known', async () => {
    const { clock, watch: runs } = watch()
    await clock.advance(100)
    const listing = runs.listed([])
    await clock.advance(20)
    // listed, and then handed to the routers
    const answers = [runs.refreshing()]
    listing.ended(true)
    answers.push(runs.refreshing())
    await clock.advance(30)
    answers[0]()
    expect(runs.nextRunMs).toBe(1_100)
    await clock.advance(50)
    answers[1]()
    expect(runs.nextRunMs).toBe(1_200)
    await clock.advance(1_000)
    // one without a record to refresh ends when it has listed them
    const idle = runs.listed([])
    await clock.advance(7)
    idle.ended(true)
    expect(runs.nextRunMs).toBe(2_207)
  })

  it('are told when they come to no further record for five minutes, unless they were stopped', async () => {
    const { clock, watch: runs } = watch()
    const abort = new AbortController()
    const listing = runs.listed([{ signal: abort.signal }])
    await clock.advance(299_000)
    listing.yielded?.({})
    await clock.advance(299_000)
    expect(runs.fault).toBeUndefined()
    await clock.advance(2_000)
    expect(runs.fault).toContain('no further record for more than 5 minutes')
    abort.abort()
    expect(runs.fault).toBeUndefined()
    const next = runs.listed([])
    await clock.advance(301_000)
    expect(runs.fault).toBeDefined()
    next.ended(true)
    expect(runs.fault).toBeUndefined()
  })

  it('did nothing when they could not list the records, or were stopped', () => {
    const failed = watch()
    failed.watch.listed([{}]).ended(false)
    failed.watch.listed([{}])
    expect([failed.watch.endedRunMs, failed.totals]).toEqual([undefined, { success: 0, failure: 1 }])
    const stopped = watch()
    const abort = new AbortController()
    stopped.watch.listed([{ signal: abort.signal }]).ended(true)
    abort.abort()
    stopped.watch.listed([{}])
    expect(stopped.watch.endedRunMs).toBeUndefined()
  })
})

describe('routers that hang', () => {
  it('are named once each, a passage only when nothing behind it hangs', async () => {
    const clock = createManualClock()
    const puts = new OpenPuts(clock)
    const [passage, first, second] = [
      puts.begin('HeliaRouting', 'passage'),
      puts.begin('dht', 'taker'),
      puts.begin('dht', 'taker'),
    ]
    await clock.advance(300_000)
    expect(puts.fault).toBeUndefined()
    await clock.advance(1)
    puts.begin('young', 'taker')
    expect(puts.fault).toContain('more than 5 minutes from router "dht";')
    first()
    expect(puts.fault).toContain('router "dht";')
    second()
    expect(puts.fault).toContain('router "HeliaRouting";')
    passage()
    passage()
    expect(puts.fault).toBeUndefined()
  })

  it('are remembered up to a number, so that nothing grows for ever', async () => {
    const clock = createManualClock()
    const puts = new OpenPuts(clock)
    const answers = Array.from({ length: 1_000 }, () => puts.begin('dht', 'taker'))
    puts.begin('one too many', 'taker')
    await clock.advance(400_000)
    for (const answer of answers) answer()
    expect(puts.fault).toBeUndefined()
  })
})
