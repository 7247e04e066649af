import { createManualClock } from '@tidegauge/testkit'
import { Key } from 'interface-datastore'
import { expect, it } from 'vitest'
import { RecordShelf } from '../src/helia/record-shelf.js'

/** A datastore whose queries answer when they are told to, each with as many records as that says. */
function tellable() {
  const clock = createManualClock()
  const queries: { answer: (count: number) => void; signal: AbortSignal | undefined }[] = []
  const datastore = {
    async *query(_: object, options?: { signal?: AbortSignal }) {
      const { promise, resolve } = Promise.withResolvers<number>()
      queries.push({ answer: resolve, signal: options?.signal })
      const count = await promise
      for (let i = 0; i < count; i++) yield { key: new Key(`/ipns/metadata/a${i}`), value: Uint8Array.of() }
    },
    get: () => Uint8Array.of(255),
  }
  const shelf = new RecordShelf(datastore, 0, clock)
  const pass = async (): Promise<void> => {
    const { signal } = new AbortController()
    const refreshed = shelf.refresh({ signal, deadlineMs: clock.monotonic() + 2_000 })
    await clock.advance(1_000)
    await refreshed
  }
  return { clock, queries, shelf, pass }
}

it('ignores what a reading answers that was given up', async () => {
  const { clock, queries, shelf, pass } = tellable()
  await pass()
  await clock.advance(30_000)
  await pass()
  expect(queries.map(({ signal }) => signal?.aborted)).toEqual([true, false])
  queries[0].answer(1)
  await clock.advance(0)
  expect(shelf.records).toBeUndefined()
  queries[1].answer(2)
  await clock.advance(0)
  expect(shelf.records?.size).toBe(2)
})

it('waits no longer for the next one when those that were given up have ended', async () => {
  const { clock, queries, pass } = tellable()
  for (let i = 0; i < 5; i++) {
    await pass()
    await clock.advance(29_000)
    queries.at(-1)?.answer(0)
    await clock.advance(0)
    expect(queries).toHaveLength(i + 1)
  }
  const hang = async (): Promise<void> => {
    await pass()
    await clock.advance(30_000)
    await pass()
  }
  await hang()
  expect(queries).toHaveLength(7)
  // one is there still: the next comes after a minute
  await clock.advance(30_000)
  await pass()
  expect(queries).toHaveLength(7)
  queries[5].answer(0)
  await clock.advance(0)
  await pass()
  expect(queries).toHaveLength(8)
})
