/** Sets of instruments that counted before a host used them, in comparison with a host that had them all along. */
import { createTidegauge, instruments } from '@tidegauge/core'
import { createMemoryTransport, startTestHost, type TestHostOptions } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { boundOf, everyKind, recordAll, recordIn } from '../support/every-kind.js'

type HostOptions = NonNullable<TestHostOptions['host']>

/** Reads everything, by family; series in an order that does not depend on when they were created. */
function contents(memory: ReturnType<typeof createMemoryTransport>) {
  const key = (labels: object) => JSON.stringify(labels)
  return memory.read().map((family) => ({
    ...family,
    series: family.series.toSorted((a, b) => (key(a.labels) < key(b.labels) ? -1 : 1)),
  }))
}

/** Steps 1 to `before` are recorded before the host uses the set, the later ones after. */
async function compare(host: HostOptions, bind: (all: any) => any[] = () => []) {
  const set = instruments('shop', everyKind)
  const reference = await startTestHost(everyKind, { host })
  const sides = [set, reference.instruments].map((all) => ({ all, bound: bind(all) }))
  const record = (from: number, to: number) => {
    for (const { all, bound } of sides)
      for (let step = from; step <= to; step++) {
        recordAll(all, step)
        for (const one of bound) recordIn(one, step)
      }
  }
  const { tidegauge, memory } = await startTestHost({}, { host })
  return { set, record, tidegauge, memory, reference: reference.memory }
}

const bindAll = (all: any) => [
  boundOf(all, 'plain'),
  ...['closed', 'open'].flatMap((prefix) => ['x', 'y', 'x'].map((a) => boundOf(all, prefix, { a }))),
  boundOf(all, 'open', { a: 'bound' }),
]

describe('a set of instruments that a host uses', () => {
  test.each([
    ['without labels and with them', () => []],
    ['also by bound series that were kept', bindAll],
  ])('has what it counted before and after, in every kind, %s', async (_, bind) => {
    const { set, record, tidegauge, memory, reference } = await compare({}, bind)
    record(1, 5)
    tidegauge.use(set)
    expect(contents(memory)).toEqual(contents(reference))
    record(6, 12)
    expect(contents(memory)).toEqual(contents(reference))
  })

  test('has series of bound objects that had none before, such as those of gauges', async () => {
    const { set, record, tidegauge, memory, reference } = await compare({}, bindAll)
    tidegauge.use(set)
    expect(contents(memory)).toEqual(contents(reference))
    record(1, 3)
    expect(contents(memory)).toEqual(contents(reference))
  })

  test.each<[string, HostOptions]>([
    ['drops a label', { views: [{ match: '*', dropLabels: ['a'] }] }],
    ['drops a label of some', { views: [{ match: 'open_*', dropLabels: ['a'], reduce: 'max' }] }],
    ['hashes a label', { views: [{ match: 'open_*', labels: { a: 'hash' } }], privacy: { salt: 's' } }],
    ['gives histograms other bounds', { views: [{ match: '*_histogram', bounds: [2, 8] }] }],
    ['gives histograms more bounds', { views: [{ match: '*_histogram', bounds: [1, 2, 3, 4, 8, 16] }] }],
    ['switches metrics off', { views: [{ match: '*_counter', metric: 'off' }] }],
  ])('obeys a view that %s', async (_, host) => {
    for (const bind of [() => [], bindAll]) {
      const { set, record, tidegauge, memory, reference } = await compare(host, bind)
      // whole numbers, which are bounds of both, so that no bucket is split
      for (const step of [1, 2, 4]) record(step, step)
      tidegauge.use(set)
      expect(contents(memory)).toEqual(contents(reference))
      for (const step of [8, 9]) record(step, step)
      expect(contents(memory)).toEqual(contents(reference))
    }
  })
})

describe('a set of instruments of which a view makes one series of several', () => {
  test.each<[string, HostOptions]>([
    ['truncated label', { views: [{ match: 'open_*', labels: { a: { truncate: 0 } } }] }],
    ['full instrument', { views: [{ match: 'open_*', seriesLimit: 1 }] }],
  ])('adds up all that adds up: %s', async (_, host) => {
    for (const bind of [() => [], bindAll]) {
      const { set, record, tidegauge, memory, reference } = await compare(host, bind)
      // the latest of several gauges or states is not known any more
      const summed = (from: typeof memory) =>
        contents(from).filter(({ kind }) => kind !== 'gauge' && kind !== 'state_set')
      record(1, 4)
      tidegauge.use(set)
      expect(summed(memory)).toEqual(summed(reference))
      record(5, 8)
      expect(summed(memory)).toEqual(summed(reference))
    }
  })
})

test('a set goes from host to host with its counts', async () => {
  const set = instruments('shop', everyKind)
  const all = instruments('shop', everyKind)
  const [setBound, allBound] = [bindAll(set), bindAll(all)]
  const record = (step: number) => {
    recordAll(set, step)
    recordAll(all, step)
    for (const one of setBound) recordIn(one, step)
    for (const one of allBound) recordIn(one, step)
  }
  for (let round = 0; round < 3; round++) {
    const memory = createMemoryTransport()
    const host = createTidegauge({ selfMetrics: 'off' }).use(set).export(memory)
    await host.start()
    record(round + 1)
    await host.remove(set)
    expect(memory.read()).toEqual([])
    await host.stop()
    record(round + 10)
  }
  const [one, two] = [await startTestHost({}), await startTestHost({})]
  one.tidegauge.use(set)
  two.tidegauge.use(all)
  expect(contents(one.memory)).toEqual(contents(two.memory))
})
