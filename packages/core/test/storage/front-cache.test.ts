import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runs } from '@tidegauge/testkit'
import { FrontCache, MAX_CACHED } from '../../src/storage/front-cache.js'
import { SeriesPlace } from '../../src/storage/series-place.js'

type Labels = Record<string, unknown>

const page = new Float64Array(1)
const allNames = ['a', '__proto__', 'constructor', 'd', 'e']

/** A cache that its owner replaces as `add` says. */
function createHolder(names: readonly string[] = ['a', 'b']) {
  let cache: FrontCache | undefined = new FrontCache(names)
  return {
    isThere: () => cache !== undefined,
    find: (labels: Labels) => cache?.find(labels)?.slot,
    forget: (slot: number) => cache?.forget(slot),
    add(labels: Labels, slot: number): void {
      if (cache?.find(labels) === undefined) cache = cache?.add(labels, new SeriesPlace(slot, page, 0))
    },
  }
}

function labelsOf(names: readonly string[], values: readonly unknown[]): Labels {
  return Object.fromEntries(names.map((name, i) => [name, values[i]]))
}

const value = fc.oneof(
  fc.constantFrom<unknown>('', 'x', '1', 1, 0, -0, Number.NaN, true, 'true', '__proto__'),
  // more than the numbers that a label has at first
  fc.integer({ min: 0, max: 40 }).map(String),
)

describe('front cache', () => {
  test('finds what was added and not forgotten, as a map of label sets does', () => {
    const sets = fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 60 })
    const command = fc.record({
      kind: fc.constantFrom('add', 'add', 'add', 'add', 'forget'),
      set: fc.nat(),
      slot: fc.nat(6),
    })
    const width = fc.integer({ min: 1, max: 5 })
    fc.assert(
      fc.property(width, sets, fc.array(command, { maxLength: 150 }), (count, sets, commands) => {
        const names = allNames.slice(0, count)
        const labels = sets.map((values) => labelsOf(names, values))
        const owner = createHolder(names)
        const model = new Map<string, number>()
        // like the maps of the cache, String() makes -0 and 0 the same
        const keyOf = (set: Labels) => names.map((name) => `${typeof set[name]} ${String(set[name])}`).join()
        for (const { kind, set, slot } of commands) {
          const given = labels[set % labels.length]
          if (kind === 'forget') {
            owner.forget(slot)
            for (const [key, itsSlot] of model) if (itsSlot === slot) model.delete(key)
            continue
          }
          const known = model.get(keyOf(given)) ?? slot
          model.set(keyOf(given), known)
          owner.add(given, known)
          expect(owner.find(given)).toBe(known)
        }
        // it may have started anew and know less than the model, but never something else
        for (const set of labels) expect([undefined, model.get(keyOf(set))]).toContain(owner.find(set))
        expect(owner.isThere()).toBe(true)
      }),
      { numRuns: runs(300) },
    )
  })

  test('holds every label set of a family that does not change', () => {
    for (const [count, services, perService] of [
      [100, 10, 10],
      [3_600, 60, 60],
      [2_000, 1, 1],
      [2_000, 2_000, 2_000],
      [2_000, 2_000, 10],
      // each has one of its own
      [2_000, 2_000, 1],
      [1_024, 1_024, 1],
    ]) {
      const owner = createHolder()
      const sets = Array.from({ length: count }, (_, i) => ({
        a: i % services,
        b: Math.floor(i / perService),
      }))
      // several rounds: each time that a label runs out of numbers the cache starts anew
      for (let round = 0; round < 16; round++) sets.forEach((set, slot) => owner.add(set, slot))
      const found = sets.map((set) => owner.find(set))
      expect(found, `${count} ${services} ${perService}`).toEqual(sets.map((_, slot) => slot))
    }
  })

  test('keeps several label sets of one slot, and forgets them together', () => {
    const owner = createHolder(['a'])
    owner.add({ a: 200 }, 3)
    owner.add({ a: '200' }, 3)
    owner.add({ a: 'other' }, 4)
    expect([{ a: 200 }, { a: '200' }, { a: 'other' }].map(owner.find)).toEqual([3, 3, 4])
    owner.forget(3)
    expect([{ a: 200 }, { a: '200' }, { a: 'other' }].map(owner.find)).toEqual([undefined, undefined, 4])
    owner.add({ a: 200 }, 5)
    expect([{ a: 200 }, { a: '200' }].map(owner.find)).toEqual([5, undefined])
  })

  test('has an end: more label sets than its bound are refused', () => {
    const owner = createHolder(['a'])
    for (let i = 0; owner.isThere() && i < 4 * MAX_CACHED; i++) owner.add({ a: `${i % (MAX_CACHED + 1)}` }, i)
    expect(owner.isThere()).toBe(false)
  })

  test('serves a family of few series that come and go without end', () => {
    // with so many labels, a key has no room for one bit more for each doubling of the peers
    const owner = createHolder(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
    const set = (i: number) => ({ a: `peer ${i}` })
    for (let i = 0; i < 50_000; i++) {
      owner.add(set(i), i % 10)
      expect(owner.find(set(i))).toBe(i % 10)
      owner.forget((i + 1) % 10)
      expect(owner.find(set(i - 9))).toBeUndefined()
    }
    expect(owner.isThere()).toBe(true)
  })

  test('is dropped when keys need too many bits, or values were chosen so that keys collide', () => {
    const many = createHolder(Array.from({ length: 31 }, (_, i) => `l${i}`))
    many.add({ l0: 'x' }, 0)
    expect(many.find({ l0: 'x' })).toBe(0)
    for (let i = 0; i < 31; i++) many.add({ [`l${i}`]: 'y' }, 1 + i)
    expect(many.isThere()).toBe(false)

    const owner = createHolder()
    // several rounds: each time that a label runs out of numbers the cache starts anew
    for (let round = 0; round < 16; round++)
      for (let i = 0; i < 1_000; i++)
        [
          { a: i, b: 0 },
          { a: 0, b: i },
        ].forEach((set, k) => owner.add(set, 2 * i + k))
    expect(owner.isThere()).toBe(true)
    // both labels have ten bits now; these keys all belong into the first 128th of the table, whatever its length is
    const sets = Array.from({ length: 1_000_000 }, (_, i) => ({
      a: i % 1_000,
      b: Math.floor(i / 1_000),
    })).filter(({ a, b }) => Math.imul(a | (b << 10), 0x9e3779b1) >>> 25 === 0)
    sets.slice(0, 1_000).forEach((set, i) => owner.add(set, 2_000 + i))
    expect(owner.isThere()).toBe(false)
  })

  test('reads each label once, and lets through what a getter throws', () => {
    const owner = createHolder()
    owner.add({ a: 'x', b: 'y' }, 7)
    const reads: string[] = []
    const counting = new Proxy<Labels>(
      { a: 'x', b: 'y' },
      {
        get: (target, name) => (reads.push(String(name)), target[String(name)]),
      },
    )
    expect(owner.find(counting)).toBe(7)
    expect(reads).toEqual(['a', 'b'])
    const throwing = {
      get a(): string {
        throw new Error('no')
      },
    }
    expect(() => owner.find(throwing)).toThrow('no')
  })

  test('does not find what no label value can be', () => {
    const owner = createHolder(['a'])
    owner.add({ a: 'x' }, 1)
    const odd = [undefined, null, ['x'], { toString: () => 'x' }, Symbol('x'), 5n, () => 'x']
    expect(odd.map((a) => owner.find({ a }))).toEqual(odd.map(() => undefined))
  })
})
