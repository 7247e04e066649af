import { createManualClock } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { RepublisherRuns } from '../../src/republisher/runs.js'

function createRuns() {
  const clock = createManualClock(0)
  const totals = { success: 0, failure: 0 }
  return { clock, totals, runs: new RepublisherRuns(clock, 1_000, totals) }
}

it('completes a run when the next one starts', async () => {
  const { clock, totals, runs } = createRuns()
  expect(runs.nextRunMs).toBe(1_000)
  await clock.advance(5)
  runs.runStarted(undefined).listingEnded(true)
  expect([runs.completedRunMs, runs.nextRunMs]).toEqual([undefined, 1_005])
  await clock.advance(10)
  runs.runStarted(undefined)
  expect([runs.completedRunMs, runs.nextRunMs]).toEqual([5, 1_015])
  expect(totals).toEqual({ success: 1, failure: 0 })
})

it('plans the next run an interval after the end of the last, as far as that is known', async () => {
  const { clock, runs } = createRuns()
  await clock.advance(100)
  const run = runs.runStarted(undefined)
  await clock.advance(20)
  // listed, then handed to the routers
  const answers = [runs.refreshStarted()]
  run.listingEnded(true)
  answers.push(runs.refreshStarted())
  await clock.advance(30)
  answers[0]()
  expect(runs.nextRunMs).toBe(1_100)
  await clock.advance(50)
  answers[1]()
  expect(runs.nextRunMs).toBe(1_200)
  await clock.advance(1_000)
  // a run without a record to refresh ends when it has listed them
  const idle = runs.runStarted(undefined)
  await clock.advance(7)
  idle.listingEnded(true)
  expect(runs.nextRunMs).toBe(2_207)
})

it('reports a run that lists no further record for five minutes, unless it was stopped', async () => {
  const { clock, runs } = createRuns()
  const abort = new AbortController()
  const run = runs.runStarted(abort.signal)
  await clock.advance(299_000)
  run.recordListed()
  await clock.advance(299_000)
  expect(runs.problem).toBeUndefined()
  await clock.advance(2_000)
  expect(runs.problem).toContain('no further record for more than 5 minutes')
  abort.abort()
  expect(runs.problem).toBeUndefined()
  const next = runs.runStarted(undefined)
  await clock.advance(301_000)
  expect(runs.problem).toBeDefined()
  next.listingEnded(true)
  expect(runs.problem).toBeUndefined()
})

it('completes no run that could not list the records or was stopped', () => {
  const failed = createRuns()
  failed.runs.runStarted(undefined).listingEnded(false)
  failed.runs.runStarted(undefined)
  expect([failed.runs.completedRunMs, failed.totals]).toEqual([undefined, { success: 0, failure: 1 }])
  const stopped = createRuns()
  const abort = new AbortController()
  stopped.runs.runStarted(abort.signal).listingEnded(true)
  abort.abort()
  stopped.runs.runStarted(undefined)
  expect(stopped.runs.completedRunMs).toBeUndefined()
})
