import { describe, expect, it } from 'vitest'
import { AttemptBook } from '../src/helia/attempts.js'
import { ipns } from '../src/index.js'
import { startHost } from './support/host.js'
import { createNode, nameOf, until, value } from './support/nodes.js'
import { deaf } from './support/refreshing.js'
import { active, backoff, published, publishFailed, valuesOf } from './support/series.js'

const record = Uint8Array.of(1, 2, 3)

const listenInto = (results: string[]) => ({
  over: (result: string) => void results.push(result),
  closed: () => void results.push('closed'),
})

describe('an attempt', () => {
  it('fails when all have ended and none took the record, and counts once', () => {
    const book = new AttemptBook()
    const results: string[] = []
    const attempt = book.open(record, listenInto(results))
    attempt.begin()
    attempt.begin()
    attempt.end()
    expect([results.length, attempt.isOpen]).toEqual([0, true])
    expect(book.find(record)).toBe(attempt)
    attempt.end()
    attempt.succeed()
    expect(results).toEqual(['failure', 'closed'])
  })

  it('is closed once, when every router has answered, which may be long after its success', () => {
    const results: string[] = []
    const attempt = new AttemptBook().open(record, listenInto(results))
    attempt.begin()
    attempt.begin()
    attempt.succeed()
    attempt.end()
    expect(results).toEqual(['success'])
    attempt.end()
    attempt.begin()
    attempt.end()
    expect(results).toEqual(['success', 'closed'])
  })

  it('of bytes that were tried before is a new one', () => {
    const book = new AttemptBook()
    const results: string[] = []
    for (const round of ['first', 'second']) {
      const attempt = book.open(record, { over: () => results.push(round), closed: () => {} })
      attempt.begin()
      attempt.succeed()
      attempt.succeed()
      attempt.end()
    }
    expect(results).toEqual(['first', 'second'])
    expect(book.find('no bytes')).toBeUndefined()
  })
})

describe('an attempt of a record', () => {
  it('that began before another and fails after it begins no back-off', async () => {
    const answers: PromiseWithResolvers<void>[] = []
    const slow = {
      ...deaf,
      put: () => (answers.push(Promise.withResolvers()), answers.at(-1)!.promise),
      toString: () => 'Slow()',
    }
    const name = nameOf(await createNode({ dht: false }), { routers: [slow] })
    const host = await startHost(ipns({ name }))
    const attempts = [name.publish('one', value).catch(() => {})]
    await until(() => answers.length === 1, 'the first attempt')
    attempts.push(name.publish('one', value).catch(() => {}))
    await until(() => answers.length === 2, 'the second attempt')
    answers[1].resolve()
    await attempts[1]
    expect(await valuesOf(host, published, active, backoff)).toEqual([1, 1, 0])
    answers[0].reject(new Error('timed out'))
    await attempts[0]
    // it is counted, and says nothing of the record as it is now
    expect(await valuesOf(host, publishFailed, active, backoff)).toEqual([1, 1, 0])
    const last = name.publish('one', value).catch(() => {})
    await until(() => answers.length === 3, 'the third attempt')
    answers[2].reject(new Error('refused'))
    await last
    expect(await valuesOf(host, active, backoff)).toEqual([0, 1])
  })
})
