import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LabelReader } from '../../src/storage/label-reader.js'
import { SeriesTable } from '../../src/storage/series-table.js'
import { createManualClock, runs } from '@tidegauge/testkit'
import { CreationLog } from '../../src/storage/creation-log.js'
import { StringPool } from '../../src/storage/string-pool.js'

function createTable(
  names: readonly string[] = ['a', 'b'],
  pool = new StringPool(),
  creations = new CreationLog(createManualClock()),
) {
  return {
    pool,
    table: new SeriesTable(
      pool,
      creations,
      names.map((name) => new LabelReader(pool, { name })),
    ),
  }
}

const text = fc.constantFrom('', 'a', 'b', 'a,b', 'a\uFFFF', '__proto__', '1', '2', '3', '4', '5', '6')

describe('series table', () => {
  test('behaves as a map of label tuples, whatever is added, removed and looked up', () => {
    const command = fc.record({ kind: fc.constantFrom('add', 'add', 'remove', 'find'), a: text, b: text })
    fc.assert(
      fc.property(fc.array(command, { maxLength: 150 }), (commands) => {
        const { pool, table } = createTable()
        const model = new Map<string, number>()
        for (const { kind, a, b } of commands) {
          const key = JSON.stringify([a, b])
          const known = model.get(key)
          if (kind === 'add') {
            const slot = table.add([a, b])
            if (known !== undefined) expect(slot).toBe(known)
            else expect([...model.values()]).not.toContain(slot)
            model.set(key, slot)
          } else if (kind === 'remove' && known !== undefined) {
            table.remove(known)
            model.delete(key)
          }
          expect(table.find({ a, b })).toBe(model.get(key) ?? -1)
          expect(table.findTexts([a, b])).toBe(model.get(key) ?? -1)
        }
        expect(table.size).toBe(model.size)
        for (const [key, slot] of model) {
          expect(table.texts(slot)).toEqual(JSON.parse(key))
          expect(table.findTexts(JSON.parse(key))).toBe(slot)
        }
        const values = new Set([...model.keys()].flatMap((key) => JSON.parse(key) as string[]))
        expect(pool.size).toBe(values.size)
      }),
      { numRuns: runs(300) },
    )
  })

  test('finds every series after half of a crowded table was removed', () => {
    const { table } = createTable()
    for (let i = 0; i < 5_000; i++) table.add([`${i % 71}`, `${i}`])
    for (let i = 0; i < 5_000; i += 2) table.remove(table.findTexts([`${i % 71}`, `${i}`]))
    for (let i = 0; i < 5_000; i++)
      expect(table.findTexts([`${i % 71}`, `${i}`]) >= 0, `series ${i}`).toBe(i % 2 === 1)
  })

  test('does not grow when series come and go in equal numbers', () => {
    const { table, pool } = createTable()
    for (let i = 0; i < 20_000; i++) table.remove(table.add([`${i}`, 'x']))
    expect(table.end).toBe(1)
    expect(pool.size).toBe(0)
  })

  test('uses slots again under another serial number', () => {
    const { table } = createTable()
    const slot = table.add(['a', 'b'])
    const serial = table.serial.get(slot)
    table.remove(slot)
    expect(table.isLive(slot)).toBe(false)
    expect(table.add(['c', 'd'])).toBe(slot)
    expect(table.serial.get(slot)).toBeGreaterThan(serial)
  })

  test('goes on counting serial numbers past 2^32', () => {
    const creations = new CreationLog(createManualClock())
    creations.last = 2 ** 32 - 1
    const { table } = createTable(['a', 'b'], new StringPool(), creations)
    const slots = ['x', 'y'].map((value) => table.add([value, '']))
    expect(slots.map((slot) => table.serial.get(slot))).toEqual([2 ** 32, 2 ** 32 + 1])
    expect(slots.map((slot) => table.isLive(slot))).toEqual([true, true])
  })

  test('holds one series when there are no labels', () => {
    const { table } = createTable([])
    expect(table.find({})).toBe(-1)
    const slot = table.add([])
    expect([table.find({}), table.findTexts([]), table.add([]), table.size]).toEqual([slot, slot, slot, 1])
    table.remove(slot)
    expect(table.find({})).toBe(-1)
  })

  test('keeps label sets apart whose values together read the same', () => {
    const { table } = createTable()
    const sets = [
      ['x,b:y', 'z'],
      ['x', 'y,b:z'],
      ['x|', 'y'],
      ['x', '|y'],
      ['', 'xy'],
      ['xy', ''],
    ]
    expect(new Set(sets.map((set) => table.add(set))).size).toBe(sets.length)
  })

  test('gives back the values of a series that could not be added', () => {
    const pool = new StringPool()
    const { table } = createTable(['a', 'b'], pool)
    const { acquire } = pool
    pool.acquire = (value) => (value === 'too much' ? -1 : acquire.call(pool, value))
    expect(table.add(['first', 'too much'])).toBe(-1)
    expect([pool.size, table.size]).toEqual([0, 0])
  })
})
