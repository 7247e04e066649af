import { Notices, UndoList } from '@tidegauge/core'
import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { AttemptBook } from '../src/helia/attempts.js'
import { followDht, isKadDht } from '../src/helia/dht.js'
import { Naming } from '../src/helia/naming.js'
import { RepublisherWatch } from '../src/helia/republisher-watch.js'
import { RouterTotals } from '../src/helia/router-totals.js'
import { describeRouter } from '../src/helia/routers.js'
import { Taps } from '../src/helia/tap.js'
import { NamespaceBook } from '../src/namespaces.js'

const record = Uint8Array.of(1, 2, 3)

describe('an attempt', () => {
  it('fails when all have ended and none took the record, and counts once', () => {
    const book = new AttemptBook()
    const results: string[] = []
    const attempt = book.open(record, (result) => results.push(result))
    attempt.begin()
    attempt.begin()
    attempt.end()
    expect([results.length, attempt.isOpen]).toEqual([0, true])
    expect(book.open(record, () => results.push('another'))).toBe(attempt)
    attempt.end()
    attempt.succeed()
    expect(results).toEqual(['failure'])
  })

  it('of bytes that were tried before is a new one', () => {
    const book = new AttemptBook()
    const results: string[] = []
    for (const result of ['first', 'second']) {
      const attempt = book.open(record, () => results.push(result))
      attempt.begin()
      attempt.succeed()
      attempt.succeed()
      attempt.end()
    }
    expect(results).toEqual(['first', 'second'])
    expect(book.find('no bytes')).toBeUndefined()
  })
})

describe('a DHT', () => {
  it('has taken a record when a peer has answered with that record', async () => {
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
    let round = 0
    const dht = {
      [Symbol.toStringTag]: '@libp2p/kad-dht',
      async *put(_key: Uint8Array, _value: Uint8Array) {
        yield* rounds[round++] ?? []
      },
    }
    expect(isKadDht(dht)).toBe(true)
    const [totals, attempts, results] = [new RouterTotals(), new AttemptBook(), [] as string[]]
    const taps = new Taps(new Notices(), new UndoList())
    const find = (args: readonly unknown[]) => attempts.find(args[1])
    followDht(dht, 'dht', find, { taps, totals, attempts, open: find, helia: {}, name: {} as never })
    for (const _ of rounds) {
      const sent = record.slice()
      attempts.open(sent, (result) => results.push(result))
      for await (const _event of dht.put(record, sent));
    }
    // nobody is waiting for this one
    for await (const _event of dht.put(record, record));
    expect(results).toEqual(['failure', 'failure', 'failure', 'success'])
    expect(totals.read()).toEqual({ dht: { success: 1, failure: 3 } })
  })
})

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

describe('a record that is gone', () => {
  it('gives its namespace once more, and is forgotten', () => {
    const naming = new Naming(({ keyName }) => keyName, new NamespaceBook(5), new Notices())
    naming.learn('a', record, { keyName: 'mine' })
    expect([naming.find('a'), naming.forget('a'), naming.find('a'), naming.forget('a')]).toEqual([
      'mine',
      'mine',
      undefined,
      'other',
    ])
  })
})

describe('a router', () => {
  it('is called by its name, by its text, or by its class, and is never asked for more than that', () => {
    class Mine {
      readonly get = undefined
    }
    const broken = {
      toString: () => {
        throw new Error('no text')
      },
    }
    const named: object[] = [
      { name: 'over-http' },
      { toString: () => 'Pub(http://secret@host)' },
      new Mine(),
      {},
      broken,
    ]
    expect([...named, Object.create(null), null].map(describeRouter)).toEqual([
      'over-http',
      'Pub',
      'Mine',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ])
  })
})
