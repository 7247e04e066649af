import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LabelledCounter, LabelValue } from '@tidegauge/core'
import { runs } from '@tidegauge/testkit'
import { MAX_CACHED } from '../../src/storage/front-cache.js'
import { OVERFLOW_VALUE } from '../../src/storage/instrument.js'
import { createRegistry, readSeries } from '../support/registry.js'
import { instrumentOf, startProbe, startRecording } from '../support/recording.js'

type Labels = { readonly a: LabelValue; readonly b: LabelValue; readonly c: LabelValue }

const name = 'c_total'
const closed = ['sent', 'received', '1', 'true']
const seriesLimit = 12

/** A counter of a registry, as its callers see it, and a plain map that says what it must hold. */
function createPair(shortens: boolean) {
  const { registry, instance } = createRegistry({ privacy: { peer_id: shortens ? 'shorten' : 'keep' } })
  const handle = registry.add(instance, {
    kind: 'counter',
    name,
    help: 'C',
    labels: { a: { privacy: 'peer_id' }, b: {}, c: closed },
    seriesLimit,
  }) as LabelledCounter<Labels>
  const series = new Map<string, number>()
  const overflow = new Map<string, number>()
  let overflowed = 0
  const textsOf = ({ a, b, c }: Labels) => {
    const peer = String(a)
    return [shortens && peer.length > 10 ? `*${peer.slice(-10)}` : peer, String(b).toWellFormed(), String(c)]
  }
  return {
    inc(labels: Labels, value: number): void {
      handle.inc(labels, value)
      const texts = textsOf(labels)
      const key = JSON.stringify(texts)
      const hasRoom = series.has(key) || series.size < seriesLimit
      if (!hasRoom) overflowed++
      const [kept, itsKey] = hasRoom
        ? [series, key]
        : [overflow, JSON.stringify([OVERFLOW_VALUE, OVERFLOW_VALUE, texts[2]])]
      kept.set(itsKey, (kept.get(itsKey) ?? 0) + value)
    },
    remove(labels: Labels): void {
      handle.remove(labels)
      series.delete(JSON.stringify(textsOf(labels)))
    },
    clear(): void {
      handle.clear()
      series.clear()
      overflow.clear()
    },
    check(): void {
      const held = registry.read().flatMap((view) => readSeries(view))
      expect(held.length).toBe(series.size + overflow.size)
      expect(new Map(held.map(({ labels, cells }) => [JSON.stringify(labels), cells[0]]))).toEqual(
        new Map([...series, ...overflow]),
      )
      expect(registry.losses.overflowedByInstrument.get(name) ?? 0).toBe(overflowed)
    },
  }
}

describe('labelled recording', () => {
  test('counts as a plain map does, whatever is recorded, removed, cleared and over the limit', () => {
    const labels = fc.record({
      a: fc.constantFrom<LabelValue>(
        'x',
        '',
        'a long peer id 1',
        'another peer id 1',
        '__proto__',
        '5',
        5,
        0,
        -0,
      ),
      b: fc.constantFrom<LabelValue>('y', 'z', Number.NaN, 'NaN', '\uD800'),
      c: fc.constantFrom<LabelValue>('sent', 'received', 1, '1', true),
    })
    const command = fc.record({
      kind: fc.constantFrom('inc', 'inc', 'inc', 'inc', 'inc', 'again', 'again', 'remove', 'clear'),
      labels,
      value: fc.nat(9),
    })
    fc.assert(
      fc.property(fc.boolean(), fc.array(command, { maxLength: 120 }), (shortens, commands) => {
        const pair = createPair(shortens)
        const seen: Labels[] = []
        for (const { kind, labels, value } of commands) {
          if (kind === 'clear') {
            // one in nine commands would leave nothing to find
            if (value === 0) pair.clear()
          } else if (kind === 'remove') pair.remove(labels)
          else {
            // the same label sets again and again, in objects of their own
            const given = kind === 'again' && seen.length > 0 ? { ...seen[value % seen.length] } : labels
            seen.push(given)
            for (let i = 0; i < 3; i++) pair.inc({ ...given }, value)
          }
        }
        pair.check()
      }),
      { numRuns: runs(300) },
    )
  })

  test('finds nothing of a series that is gone, or in the one that took its slot', async () => {
    const {
      instruments: handles,
      memory,
      context,
      labelsOf,
    } = await startProbe({
      c: { kind: 'counter', name, help: 'C', labels: { a: {} } },
      rate: { kind: 'rate', name: 'c_rate', help: 'R', of: 'c' },
    })
    for (let i = 0; i < 3; i++) handles.c.inc({ a: 'gone' })
    handles.c.remove({ a: 'gone' })
    for (let i = 0; i < 3; i++) handles.c.inc({ a: 'next' })
    handles.c.inc({ a: 'gone' }, 10)
    expect([memory.value(name, { a: 'next' }), memory.value(name, { a: 'gone' })]).toEqual([3, 10])
    // a rate shares the table of its counter
    context.forget('c_rate')
    const all = ['gone', 'new', 'next']
    for (const a of all) handles.c.inc({ a }, 100)
    expect(
      labelsOf(name)
        .map(({ a }) => a)
        .sort(),
    ).toEqual(all)
    for (const a of all) expect(memory.value(name, { a })).toBeGreaterThanOrEqual(100)
  })

  test('takes what each read of a label gives for what it is', async () => {
    const { instruments: handles, memory } = await startRecording({
      c: { kind: 'counter', name, help: 'C', labels: { a: {}, b: {} } },
    })
    for (const a of ['x', 'y']) for (let i = 0; i < 3; i++) handles.c.inc({ a, b: '' })
    for (const pattern of ['xy', 'yx', 'xxy', 'xyy', 'xxyy', 'yyx', 'xyxxyxxxyy']) {
      let reads = 0
      const fickle = {
        get a() {
          return pattern[reads++ % pattern.length]
        },
        b: pattern,
      }
      for (let i = 0; i < 30; i++) handles.c.inc(fickle)
      for (let i = 0; i < 3; i++) handles.c.inc({ a: 'x', b: pattern }, 1_000)
      for (let i = 0; i < 3; i++) handles.c.inc({ a: 'y', b: pattern }, 2_000)
      const [x, y] = ['x', 'y'].map((a) => memory.value(name, { a, b: pattern })!)
      expect(x + y, pattern).toBe(9_030)
      expect([x >= 3_000, y >= 6_000], pattern).toEqual([true, true])
    }
  })

  test('says why labels are refused whose getter throws, before and after they were known', async () => {
    const { instruments: handles, dropped } = await startRecording({
      c: { kind: 'counter', name, help: 'C', labels: { a: {} } },
    })
    const throwing = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no')
        },
      },
    )
    for (let i = 0; i < 3; i++) {
      handles.c.inc(throwing as { a: string })
      handles.c.inc({ a: 'x' })
      handles.c.inc(null as unknown as { a: string })
    }
    expect(dropped()).toEqual({ label_type: 3, label_missing: 3 })
  })

  test('refuses unknown labels at the first sight of a series, and passes over them later', async () => {
    const {
      instruments: handles,
      memory,
      dropped,
    } = await startRecording({
      c: { kind: 'counter', name, help: 'C', labels: { a: {} } },
    })
    const odd = (a: LabelValue) => ({ a, more: 'x' }) as never
    for (const a of ['x', 200]) {
      for (let i = 0; i < 3; i++) handles.c.inc(odd(a))
      handles.c.inc({ a })
      for (let i = 0; i < 3; i++) handles.c.inc(odd(a))
    }
    expect(dropped()).toEqual({ label_unknown: 6 })
    expect(['x', '200'].map((a) => memory.value(name, { a }))).toEqual([4, 4])
  })

  test('keeps no cache for a family that has become large', async () => {
    const { instruments: handles, memory } = await startRecording({
      c: { kind: 'counter', name, help: 'C', labels: { a: {} }, seriesLimit: MAX_CACHED + 1 },
    })
    const { table } = instrumentOf(memory, name)
    for (let round = 0; round < 2; round++) for (let i = 0; i < MAX_CACHED; i++) handles.c.inc({ a: `${i}` })
    expect(table.front).toBeDefined()
    handles.c.inc({ a: 'one more' })
    expect(table.front).toBeUndefined()
    handles.c.remove({ a: 'one more' })
    for (let round = 0; round < 2; round++) handles.c.inc({ a: '7' })
    expect(table.front).toBeUndefined()
    expect(memory.value(name, { a: '7' })).toBe(4)
  })
})
