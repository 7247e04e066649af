import { createManualClock } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { RecordCache } from '../../src/records/record-cache.js'

const stored = {
  record: { keyName: '', lifetimeMs: 0, routingKey: new Uint8Array() },
  createdMs: 0,
  dueMs: 0,
}

/** A cache whose reads a test answers, each with a number of records. */
function createCache() {
  const clock = createManualClock()
  const reads: { answer: (count: number) => void; signal: AbortSignal }[] = []
  const readRecords = async (signal: AbortSignal) => {
    const { promise, resolve } = Promise.withResolvers<number>()
    reads.push({ answer: resolve, signal })
    const count = await promise
    return new Map(Array.from({ length: count }, (_, i) => [`a${i}`, stored]))
  }
  const cache = new RecordCache(readRecords, 0, clock)
  const pass = async (): Promise<void> => {
    const { signal } = new AbortController()
    const refreshed = cache.refresh({ signal, deadlineMs: clock.monotonic() + 2_000 })
    await clock.advance(1_000)
    await refreshed
  }
  return { clock, reads, cache, pass }
}

it('ignores the answer of an abandoned read', async () => {
  const { clock, reads, cache, pass } = createCache()
  await pass()
  await clock.advance(30_000)
  await pass()
  expect(reads.map(({ signal }) => signal.aborted)).toEqual([true, false])
  reads[0].answer(1)
  await clock.advance(0)
  expect(cache.records).toBeUndefined()
  reads[1].answer(2)
  await clock.advance(0)
  expect(cache.records?.size).toBe(2)
})

it('waits no longer for the next read when the abandoned ones have ended', async () => {
  const { clock, reads, pass } = createCache()
  for (let i = 0; i < 5; i++) {
    await pass()
    await clock.advance(29_000)
    reads.at(-1)?.answer(0)
    await clock.advance(0)
    expect(reads).toHaveLength(i + 1)
  }
  const hang = async (): Promise<void> => {
    await pass()
    await clock.advance(30_000)
    await pass()
  }
  await hang()
  expect(reads).toHaveLength(7)
  // one is still open: the next starts after a minute
  await clock.advance(30_000)
  await pass()
  expect(reads).toHaveLength(7)
  reads[5].answer(0)
  await clock.advance(0)
  await pass()
  expect(reads).toHaveLength(8)
})
