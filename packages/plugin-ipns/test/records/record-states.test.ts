import { describe, expect, it } from 'vitest'
import { RecordStates } from '../../src/records/record-states.js'
import { AttemptTotals } from '../../src/refreshes/result-counts.js'

const record = { keyName: 'mine', lifetimeMs: 0, routingKey: Uint8Array.of(1, 2, 3) }
const stored = { record, createdMs: 0, dueMs: 0 }
const failure = { kind: 'refresh', result: 'failure' } as const

function createStates() {
  const named: string[] = []
  const totals = new AttemptTotals()
  const states = new RecordStates(({ keyName }) => (named.push(keyName), keyName), totals)
  const read = (...keys: string[]) => states.update(new Map(keys.map((key) => [key, stored])), true)
  return { states, totals, read, named }
}

describe('a record that is gone', () => {
  it('is forgotten when no attempt is pending', () => {
    const { states, totals, read } = createStates()
    read('a')
    read()
    const attempt = states.attemptStarted('a', undefined, 0)
    states.attemptEnded(attempt, failure, 0)
    read()
    expect(totals.read().refreshes).toEqual({
      mine: { success: 0, failure: 0 },
      other: { success: 0, failure: 1, lastFailureMs: 0 },
    })
  })

  it('keeps its namespace while an attempt is pending, and is forgotten then', () => {
    const { states, totals, read } = createStates()
    read('a', 'b')
    const attempt = states.attemptStarted('a', undefined, 0)
    read()
    read()
    states.attemptEnded(attempt, failure, 5)
    expect(totals.read().refreshes).toEqual({ mine: { success: 0, failure: 1, lastFailureMs: 5 } })
    read()
    for (const key of ['a', 'b']) {
      const again = states.attemptStarted(key, undefined, 6)
      states.attemptEnded(again, failure, 6)
    }
    read()
    expect(totals.read().refreshes['other']).toMatchObject({ failure: 2 })
  })

  it('keeps its namespace while something has been written since the records were read', () => {
    const { states, totals, read } = createStates()
    read('a')
    states.update(new Map(), false)
    const attempt = states.attemptStarted('a', undefined, 0)
    states.attemptEnded(attempt, failure, 5)
    expect(totals.read().refreshes).toEqual({ mine: { success: 0, failure: 1, lastFailureMs: 5 } })
  })
})

describe('an attempt that is pending when another node takes over', () => {
  it('is counted when it ends, and keeps no state (issue 10)', () => {
    const { states, totals, read } = createStates()
    read('a')
    const old = states.attemptStarted('a', undefined, 0)
    states.attemptStarted('b', undefined, 0)
    read('a')
    states.nodeChanged()
    states.attemptEnded(old, failure, 3)
    // as pending as any other, although an old one has ended since the change
    const next = states.attemptStarted('a', record, 4)
    read()
    states.attemptEnded(next, failure, 4)
    read('a')
    expect(states.count(4, undefined)).toMatchObject({ mine: { active: 0, backoff: 1 } })
    read()
    const later = states.attemptStarted('a', undefined, 5)
    states.attemptEnded(later, failure, 5)
    read()
    expect(totals.read().refreshes).toMatchObject({ mine: { failure: 2 }, other: { failure: 1 } })
  })
})

describe('a record that is written after its attempt has started', () => {
  it('keeps its back-off, although it was not there when the records were read', () => {
    const { states, read } = createStates()
    const attempt = states.attemptStarted('a', record, 0)
    read()
    states.attemptEnded(attempt, { kind: 'publish', result: 'failure' }, 5)
    read('a')
    expect(states.count(5, undefined)).toMatchObject({ mine: { active: 0, backoff: 1 } })
  })
})

describe('a record that has not been read', () => {
  it('has the namespace with which it was published', () => {
    const { states, totals } = createStates()
    const attempt = states.attemptStarted('a', record, 0)
    states.attemptEnded(attempt, { kind: 'publish', result: 'success' }, 7)
    expect(totals.read()).toEqual({
      refreshes: { mine: { success: 0, failure: 0 } },
      publishes: { mine: { success: 1, failure: 0, lastSuccessMs: 7 } },
    })
  })

  it('is counted when it has been read, and as other when it is not there', () => {
    const { states, totals, read } = createStates()
    for (const key of ['a', 'gone']) {
      const attempt = states.attemptStarted(key, undefined, 0)
      states.attemptEnded(attempt, failure, 7)
    }
    expect(totals.read()).toEqual({ refreshes: {}, publishes: {} })
    read('a')
    expect(totals.read().refreshes).toMatchObject({ mine: { failure: 1 }, other: { failure: 1 } })
  })
})

it('determines the namespaces once per read of the records', () => {
  const { states, named } = createStates()
  const records = new Map([['a', stored]])
  for (let i = 0; i < 3; i++) states.update(records, true)
  expect(named).toEqual(['mine'])
})

it('counts a record that a run has skipped once, and not one that was written or handed on since', () => {
  const { states, totals } = createStates()
  const records = new Map([
    ['skipped', stored],
    ['written', { ...stored, createdMs: 50 }],
    ['refreshed', stored],
  ])
  states.update(records, true)
  const attempt = states.attemptStarted('refreshed', undefined, 45)
  states.attemptEnded(attempt, { kind: 'refresh', result: 'success' }, 46)
  for (let i = 0; i < 3; i++) states.countSkipped(40, 60)
  expect(totals.read().refreshes).toEqual({
    mine: { success: 1, failure: 1, lastSuccessMs: 46, lastFailureMs: 60 },
  })
  expect(states.count(60, undefined)).toEqual({ mine: { active: 2, backoff: 1, overdue: 3 } })
})
