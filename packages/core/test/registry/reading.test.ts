/** What transports read: families, their parts, and which series belong to a reading. */
import type { FamilyView } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { createPluginInstance } from '../../src/storage/plugin-instance.js'
import { createRegistry, readSeries } from '../support/registry.js'

const counter = { kind: 'counter', name: 'c_total', help: 'C', labels: { a: {} } } as const
const textsOf = (view: FamilyView) => readSeries(view).map(({ labels }) => labels.join())

describe('a family', () => {
  test('has what its definition says, in full', () => {
    const { registry, instance } = createRegistry()
    registry.addTable(instance, {
      timer: {
        kind: 'timer',
        name: 'http_seconds',
        dottedName: 'http.server.request.duration',
        help: 'Durations',
        unit: 'seconds',
        bounds: [1, 2],
        labels: { method: { values: ['GET'], dottedName: 'http.request.method' }, peer: { privacy: 'ip' } },
      },
      summary: { kind: 'summary', name: 's', help: 'S', quantiles: [0.5, 1] },
      states: { kind: 'state_set', name: 'on_off', help: 'O', states: ['on', 'off'] },
      rate: { kind: 'rate', name: 'speed', help: 'R', of: 'counter' },
      counter,
    })
    const [timer, summary, states, total, rate] = registry.read()
    expect(timer).toMatchObject({
      name: 'http_seconds',
      dottedName: 'http.server.request.duration',
      kind: 'histogram',
      help: 'Durations',
      unit: 'seconds',
      labels: [
        { name: 'method', dottedName: 'http.request.method', values: ['GET'] },
        { name: 'peer', privacy: 'ip' },
      ],
      bounds: [1, 2],
      quantiles: [],
      states: [],
    })
    expect(summary).toMatchObject({ kind: 'summary', quantiles: [0.5, 1], bounds: [], unit: undefined })
    expect(states).toMatchObject({ kind: 'state_set', states: ['on', 'off'], dottedName: undefined })
    expect([total, rate].map(({ name, kind }) => [name, kind])).toEqual([
      ['c_total', 'counter'],
      ['speed', 'gauge'],
    ])
  })

  test('has one part for each plugin instance, with its name, version and constant labels', () => {
    const { registry } = createRegistry()
    const handles = ['a', 'b'].map((node) =>
      registry.addTable(createPluginInstance('probe', { node }, '1.2.3'), { counter }),
    )
    handles[0].counter.inc({ a: 'x' })
    handles[1].counter.inc({ a: 'y' }, 2)
    const [view] = registry.read()
    expect(
      view.parts.map(({ plugin, version, constantLabels, size }) => [plugin, version, constantLabels, size]),
    ).toEqual([
      ['probe', '1.2.3', { node: 'a' }, 1],
      ['probe', '1.2.3', { node: 'b' }, 1],
    ])
    expect(
      view
        .series()
        .map((one) => [one.labels(), one.value])
        .toArray(),
    ).toEqual([
      [{ node: 'a', a: 'x' }, 1],
      [{ node: 'b', a: 'y' }, 2],
    ])
  })

  test('has only the parts that the reader may see', () => {
    const { registry } = createRegistry()
    const [a, b] = ['a', 'b'].map((node) => createPluginInstance(node, { node }))
    for (const instance of [a, b]) registry.addTable(instance, { counter })
    const partsOf = (...args: Parameters<typeof registry.read>) =>
      registry.read(...args).map(({ parts }) => parts.map(({ plugin }) => plugin))
    expect(partsOf({}, (instance) => instance === b)).toEqual([['b']])
    expect(partsOf({ plugins: new Set(['a']) })).toEqual([['a']])
    expect(partsOf({}, () => false)).toEqual([])
  })

  test('may be walked more than once, and by two readers at a time', () => {
    const { registry, instance } = createRegistry()
    const { counter: handle } = registry.addTable(instance, { counter })
    for (const a of ['1', '2', '3']) handle.inc({ a })
    const [view] = registry.read()
    const pairs = view
      .series()
      .map((one, i) => [one.labelText(0), i])
      .toArray()
    expect(pairs).toEqual([
      ['1', 0],
      ['2', 1],
      ['3', 2],
    ])
    const [first, second] = [view.parts[0].series(), view.parts[0].series()]
    first.next()
    first.next()
    second.next()
    expect([first.labelText(0), second.labelText(0)]).toEqual(['2', '1'])
  })
})

describe('a part of a family', () => {
  test('has a key that is the same in every reading, and another’s is not', () => {
    const { registry, instance } = createRegistry()
    const handles = registry.addTable(instance, { counter, other: { ...counter, name: 'other' } })
    const keys = () => registry.read().map(({ parts }) => parts[0].key)
    const before = keys()
    handles.counter.inc({ a: 'x' })
    expect(keys()).toEqual(before)
    expect(keys()[0]).toBe(before[0])
    expect(before[0]).not.toBe(before[1])
    registry.removeAll(instance)
    registry.addTable(instance, { counter })
    expect(keys()[0]).not.toBe(before[0])
  })

  test('says which series a slot holds now: its serial number, another for each that it ever held', () => {
    const { registry, instance } = createRegistry()
    const { counter: handle } = registry.addTable(instance, { counter })
    for (const a of ['1', '2']) handle.inc({ a })
    const [part] = registry.read()[0].parts
    const reader = part.series()
    const seen: [number, number][] = []
    while (reader.next()) seen.push([reader.slot, reader.serial])
    expect(seen.map(([slot]) => part.serialAt(slot))).toEqual(seen.map(([, serial]) => serial))
    expect([part.size, part.slots]).toEqual([2, 2])
    handle.remove({ a: '1' })
    expect([part.serialAt(0), part.size, part.slots]).toEqual([0, 1, 2])
    handle.inc({ a: '3' })
    expect(part.serialAt(0)).toBeGreaterThan(seen[1][1])
    expect([part.serialAt(2), part.serialAt(1_000_000)]).toEqual([0, 0])
  })
})

describe('a reading', () => {
  test('leaves out series that are created while it is walked, and has them the next time', () => {
    const { registry, instance } = createRegistry()
    const handles = registry.addTable(instance, { counter, late: { ...counter, name: 'late' } })
    for (const a of ['1', '2']) handles.counter.inc({ a })
    const [view, late] = registry.read()
    const reader = view.parts[0].series()
    reader.next()
    handles.counter.inc({ a: '3' })
    handles.late.inc({ a: 'x' })
    const rest: string[] = []
    while (reader.next()) rest.push(reader.labelText(0))
    expect(rest).toEqual(['2'])
    // also in families that were not walked yet, and in later walks of the same reading
    expect([textsOf(view), textsOf(late)]).toEqual([['1', '2'], []])
    expect(registry.read().map(textsOf)).toEqual([['1', '2', '3'], ['x']])
  })

  test('leaves out a series that took the slot of one that was removed', () => {
    const { registry, instance } = createRegistry()
    const { counter: handle } = registry.addTable(instance, { counter })
    for (const a of ['1', '2', '3']) handle.inc({ a })
    const [view] = registry.read()
    handle.remove({ a: '2' })
    handle.inc({ a: 'new' })
    expect(textsOf(view)).toEqual(['1', '3'])
    expect(textsOf(registry.read()[0])).toEqual(['1', 'new', '3'])
  })

  test('has series that a view makes when it is read', () => {
    const { registry, instance } = createRegistry({ views: [{ match: 'g', dropLabels: ['b'] }] })
    const labels = { a: {}, b: {} } as const
    const { g } = registry.addTable(instance, { g: { kind: 'gauge', name: 'g', help: 'G', labels } })
    g.set({ a: 'x', b: '1' }, 1)
    g.set({ a: 'x', b: '2' }, 2)
    expect(readSeries(registry.read()[0])).toEqual([{ labels: ['x'], cells: [3] }])
    g.set({ a: 'y', b: '1' }, 5)
    expect(readSeries(registry.read()[0])).toEqual([
      { labels: ['x'], cells: [3] },
      { labels: ['y'], cells: [5] },
    ])
  })

  test('shows the numbers as they are when a series is reached', () => {
    const { registry, instance } = createRegistry()
    const { counter: handle } = registry.addTable(instance, { counter })
    for (const a of ['1', '2']) handle.inc({ a })
    const reader = registry.read()[0].parts[0].series()
    reader.next()
    handle.inc({ a: '2' }, 10)
    reader.next()
    expect(reader.value).toBe(11)
  })
})
