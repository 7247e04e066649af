import { UndoList } from '@tidegauge/attach'
import { LogOnce } from '@tidegauge/core'
import { createManualClock } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { MethodObservers } from '../../src/helia/observe-methods.js'
import { observePuts } from '../../src/helia/observe-puts.js'
import { Attempt } from '../../src/refreshes/attempt.js'
import { ResultCounts } from '../../src/refreshes/result-counts.js'
import { PendingPuts } from '../../src/routing/pending-puts.js'

const record = Uint8Array.of(1, 2, 3)

/** A DHT that yields the events of one round after the other. */
function dhtWith(rounds: readonly (readonly object[])[]) {
  let round = 0
  return {
    async *put(_key: Uint8Array, _value: Uint8Array) {
      yield* rounds[round++] ?? []
    },
  }
}

it('counts a success for a DHT when a peer has answered with the record', async () => {
  const answer = (name: string, messageName: string, value?: Uint8Array) => ({
    name,
    messageName,
    record: { value },
  })
  const rounds = [
    [],
    [answer('SEND_QUERY', 'PUT_VALUE', record), answer('PEER_RESPONSE', 'FIND_NODE', record)],
    [answer('PEER_RESPONSE', 'PUT_VALUE'), answer('PEER_RESPONSE', 'PUT_VALUE', Uint8Array.of(1, 2, 4))],
    [answer('PEER_RESPONSE', 'PUT_VALUE', record.slice()), answer('PEER_RESPONSE', 'PUT_VALUE', record)],
  ]
  const dht = dhtWith(rounds)
  const clock = createManualClock()
  const [routers, pendingPuts] = [new ResultCounts(), new PendingPuts(clock)]
  const [results, lacks]: string[][] = [[], []]
  let attempt: Attempt | undefined
  observePuts(
    { router: dht, name: 'dht', succeeds: 'acknowledged', isEntry: false },
    {
      observers: new MethodObservers(new LogOnce(), new UndoList()),
      routers,
      pendingPuts,
      shape: { add: (what) => void lacks.push(what) },
      findAttempt: () => attempt,
    },
  )
  const startAttempt = () =>
    (attempt = new Attempt({ ended: (result) => void results.push(result), closed() {} }))
  for (const _ of rounds) {
    startAttempt()
    for await (const _event of dht.put(record, record.slice()));
  }
  // a put that belongs to no attempt
  attempt = undefined
  for await (const _event of dht.put(record, record));
  expect(results).toEqual(['failure', 'failure', 'failure', 'success'])
  expect(routers.read()).toEqual({ dht: { success: 1, failure: 3 } })
  expect(lacks).toEqual([])
  startAttempt()
  const hanging = dht.put(record, record.slice())
  await clock.advance(301_000)
  expect(pendingPuts.problem).toContain('router "dht"')
  await hanging.next()
  expect(pendingPuts.problem).toBeUndefined()
})
