import { expect, it } from 'vitest'
import { Attempt } from '../../src/refreshes/attempt.js'

function createAttempt() {
  const results: string[] = []
  const attempt = new Attempt({
    ended: (result) => void results.push(result),
    closed: () => void results.push('closed'),
  })
  return { attempt, results }
}

it('fails once every router has answered and none has taken the record, and is counted once', () => {
  const { attempt, results } = createAttempt()
  attempt.routerStarted()
  attempt.routerStarted()
  attempt.routerEnded()
  expect([results.length, attempt.isOpen]).toEqual([0, true])
  attempt.routerEnded()
  attempt.succeed()
  expect(results).toEqual(['failure', 'closed'])
})

it('is closed once, when every router has answered, which may be long after its success', () => {
  const { attempt, results } = createAttempt()
  attempt.routerStarted()
  attempt.routerStarted()
  attempt.succeed()
  attempt.routerEnded()
  expect(results).toEqual(['success'])
  attempt.routerEnded()
  attempt.routerStarted()
  attempt.routerEnded()
  expect(results).toEqual(['success', 'closed'])
})

it('is neither a success nor a failure when it was abandoned, unless it had ended (issue 10)', () => {
  const { attempt, results } = createAttempt()
  attempt.routerStarted()
  attempt.abandon()
  attempt.succeed()
  attempt.routerEnded()
  expect(results).toEqual(['closed'])
})
