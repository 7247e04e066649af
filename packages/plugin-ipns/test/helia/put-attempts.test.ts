import { createManualClock, startTestHost, until } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { PutAttempts } from '../../src/helia/put-attempts.js'
import { ipns } from '../../src/index.js'
import { RecordCache } from '../../src/records/record-cache.js'
import { RecordStates } from '../../src/records/record-states.js'
import { AttemptTotals } from '../../src/refreshes/result-counts.js'
import { RepublisherRuns } from '../../src/republisher/runs.js'
import { createNode, nameOf, value } from '../support/nodes.js'
import { noGet } from '../support/refreshing.js'
import { active, backoff, published, publishFailed, valuesOf } from '../support/series.js'

describe('attempts', () => {
  it('are found by the array of the record, and are new ones for an array that was put before', () => {
    const clock = createManualClock(0)
    const totals = new AttemptTotals()
    const attempts = new PutAttempts({
      clock,
      states: new RecordStates(() => 'mine', totals),
      cache: new RecordCache(() => Promise.resolve(new Map()), 0, clock),
      runs: new RepublisherRuns(clock, 1_000, { success: 0, failure: 0 }),
    })
    const put = [Uint8Array.of(1), Uint8Array.of(1, 2, 3), { metadata: { keyName: 'mine' } }]
    const seen = new Set<unknown>()
    for (let i = 0; i < 2; i++) {
      const attempt = attempts.start(put)!
      expect(attempts.find(put)).toBe(attempt)
      attempt.routerStarted()
      attempt.succeed()
      attempt.succeed()
      attempt.routerEnded()
      seen.add(attempt)
    }
    expect(seen.size).toBe(2)
    expect(totals.read().publishes).toEqual({ mine: { success: 2, failure: 0, lastSuccessMs: 0 } })
    expect(attempts.find([Uint8Array.of(1), Uint8Array.of(1, 2, 3)])).toBeUndefined()
    expect(attempts.find([Uint8Array.of(1), 'not a record'])).toBeUndefined()
    expect(attempts.start(['not a key', Uint8Array.of(1)])).toBeUndefined()
  })

  it('that started before another and fail after it start no back-off', async () => {
    const answers: PromiseWithResolvers<void>[] = []
    const slow = {
      ...noGet,
      put: () => (answers.push(Promise.withResolvers()), answers.at(-1)!.promise),
      toString: () => 'Slow()',
    }
    const name = nameOf(await createNode({ dht: false }), { routers: [slow] })
    const host = await startTestHost(ipns({ name }))
    const publishes = [name.publish('one', value).catch(() => {})]
    await until(() => answers.length === 1, 'the first attempt')
    publishes.push(name.publish('one', value).catch(() => {}))
    await until(() => answers.length === 2, 'the second attempt')
    answers[1].resolve()
    await publishes[1]
    expect(await valuesOf(host, published, active, backoff)).toEqual([1, 1, 0])
    answers[0].reject(new Error('timed out'))
    await publishes[0]
    // it is counted, but the record has succeeded since
    expect(await valuesOf(host, publishFailed, active, backoff)).toEqual([1, 1, 0])
    const last = name.publish('one', value).catch(() => {})
    await until(() => answers.length === 3, 'the third attempt')
    answers[2].reject(new Error('refused'))
    await last
    expect(await valuesOf(host, active, backoff)).toEqual([0, 1])
  })
})
