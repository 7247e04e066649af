import { UndoList } from '@tidegauge/attach'
import { LogOnce } from '@tidegauge/core'
import { createManualClock } from '@tidegauge/testkit'
import { describe, expect, it } from 'vitest'
import { AttemptBook } from '../src/helia/attempts.js'
import { followDht, isKadDht } from '../src/helia/dht.js'
import { Ledger } from '../src/helia/ledger.js'
import { Naming } from '../src/helia/naming.js'
import { OpenPuts } from '../src/helia/open-puts.js'
import { RouterTotals } from '../src/helia/router-totals.js'
import { describeRouter } from '../src/helia/router-kinds.js'
import { Taps } from '../src/helia/tap.js'
import { NamespaceBook } from '../src/namespaces.js'

const record = Uint8Array.of(1, 2, 3)

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
    const [totals, attempts, results] = [new RouterTotals(), new AttemptBook(), [] as string[]]
    const taps = new Taps(new LogOnce(), new UndoList())
    const find = (args: readonly unknown[]) => attempts.find(args[1])
    const clock = createManualClock()
    const openPuts = new OpenPuts(clock)
    const parts = { taps, totals, attempts, openPuts, open: find, helia: {}, name: {} as never }
    followDht(dht, 'dht', find, parts)
    for (const _ of rounds) {
      const sent = record.slice()
      attempts.open(sent, { over: (result) => results.push(result), closed: () => {} })
      for await (const _event of dht.put(record, sent));
    }
    // nobody is waiting for this one
    for await (const _event of dht.put(record, record));
    expect(results).toEqual(['failure', 'failure', 'failure', 'success'])
    expect(totals.read()).toEqual({ dht: { success: 1, failure: 3 } })
    const sent = record.slice()
    attempts.open(sent, { over() {}, closed() {} })
    const hanging = dht.put(record, sent)
    await clock.advance(301_000)
    expect(openPuts.fault).toContain('router "dht"')
    await hanging.next()
    expect(openPuts.fault).toBeUndefined()
  })
})

describe('a service of libp2p', () => {
  it('is a DHT by its tag or by its shape', () => {
    const shape = { contentRouting: { provide: () => {} }, routingTable: {} }
    const services = [{ [Symbol.toStringTag]: '@libp2p/kad-dht' }, shape, { contentRouting: {} }, {}, null]
    expect(services.map(isKadDht)).toEqual([true, true, false, false, false])
  })
})

describe('a record that is gone', () => {
  it('is gone from the names when nothing was tried with it', () => {
    const naming = new Naming(({ keyName }) => keyName, new NamespaceBook(5), new LogOnce())
    const ledger = new Ledger(naming, [])
    const own = { keyName: 'mine', lifetimeMs: 0, routingKey: record }
    const records = new Map([['a', { createdMs: 0, dueMs: 0, isReadable: true, record: own }]])
    ledger.settle({ records, isCurrent: true }, undefined, 0)
    expect(naming.find('a')).toBe('mine')
    ledger.settle({ records: new Map(), isCurrent: true }, undefined, 0)
    expect(naming.find('a')).toBeUndefined()
  })

  it('keeps its name for what is still to come, until it is forgotten or nobody needs it', () => {
    const naming = new Naming(({ keyName }) => keyName, new NamespaceBook(5), new LogOnce())
    const stored = { createdMs: 0, dueMs: 0, isReadable: true }
    const own = { ...stored, record: { keyName: 'mine', lifetimeMs: 0, routingKey: record } }
    naming.know(
      new Map([
        ['a', own],
        ['b', own],
      ]),
    )
    naming.know(new Map())
    expect([naming.find('a'), naming.find('b')]).toEqual(['mine', 'mine'])
    naming.release((key) => key === 'a')
    expect([naming.find('a'), naming.find('b')]).toEqual(['mine', undefined])
    expect([naming.forget('a'), naming.forget('a')]).toEqual(['mine', 'other'])
  })

  it('gives its namespace once more, and is forgotten', () => {
    const naming = new Naming(({ keyName }) => keyName, new NamespaceBook(5), new LogOnce())
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
