import type { InstrumentDefinition } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { createPluginInstance } from '../../src/storage/plugin-instance.js'
import { createRegistry } from '../support/registry.js'

const row = (kind: string, name: string, more: object = {}) =>
  ({ kind, name, help: 'H', ...more }) as InstrumentDefinition

function clashOf(first: InstrumentDefinition, second: InstrumentDefinition, labels = [{}, {}]) {
  const { registry } = createRegistry()
  registry.add(createPluginInstance('one', labels[0]), first)
  try {
    registry.add(createPluginInstance('two', labels[1]), second)
  } catch (thrown) {
    return thrown as Error & { code: string; existing: unknown; rejected: unknown }
  }
  return undefined
}

describe('names of families', () => {
  test('belong to plugins that define them alike; the error names both sides and what to do', () => {
    const error = clashOf(row('counter', 'x', { labels: { a: {} } }), row('gauge', 'x'))
    expect(error).toMatchObject({
      code: 'REGISTRATION_NAME_CLASH',
      message:
        'plugin "two": gauge "x" {} can\'t be registered beside counter "x" {a} of plugin "one": its kind, labels, unit or bounds differ; choose another name',
      existing: { kind: 'counter' },
      rejected: { kind: 'gauge' },
    })
  })

  test('are shared by two plugins when the definitions are equal and constant labels differ', () => {
    const shared = row('counter', 'x', { labels: { a: {} } })
    expect(clashOf(shared, shared, [{ node: 'a' }, { node: 'b' }])).toBeUndefined()
    expect(clashOf(shared, shared)?.message).toContain(
      'the constant labels are the same; give each labels of its own',
    )
  })

  test.each([
    ['histogram', 'x', 'counter', 'x_count', 'x_count'],
    ['histogram', 'x', 'gauge', 'x_bucket', 'x_bucket'],
    ['counter', 'x_sum', 'histogram', 'x', 'x_sum'],
    ['counter', 'x_count', 'summary', 'x', 'x_count'],
    ['exponential_histogram', 'x', 'counter', 'x_bucket', 'x_bucket'],
    ['timer', 'x', 'counter', 'x_count', 'x_count'],
  ])('a %s %s leaves no room for a %s %s', (firstKind, firstName, secondKind, secondName, taken) => {
    const error = clashOf(row(firstKind, firstName), row(secondKind, secondName))
    expect(error?.code).toBe('REGISTRATION_NAME_CLASH')
    expect(error?.message).toContain(`its sample name "${taken}" is taken`)
  })

  test('that only look alike do not clash', () => {
    expect(clashOf(row('summary', 'x'), row('gauge', 'x_bucket'))).toBeUndefined()
    expect(clashOf(row('counter', 'x'), row('counter', 'x_count'))).toBeUndefined()
    expect(clashOf(row('histogram', 'x'), row('histogram', 'x_sum_count'))).toBeUndefined()
  })

  test('are free again with their sample names when the last instrument is gone', () => {
    const { registry, instance } = createRegistry()
    registry.add(instance, row('histogram', 'x'))
    registry.removeAll(instance)
    expect(() => registry.add(createPluginInstance('two'), row('counter', 'x_count'))).not.toThrow()
  })
})

describe('two instances of a plugin', () => {
  const add = (second: InstrumentDefinition, labels: [object, object]) => {
    const { registry } = createRegistry()
    registry.add(
      createPluginInstance('one', labels[0] as {}),
      row('histogram', 'x', { labels: { a: ['1'] }, bounds: [1] }),
    )
    registry.add(createPluginInstance('one', labels[1] as {}), second)
  }
  const same = row('histogram', 'x', { labels: { a: ['1'] }, bounds: [1] })

  test('share a name when their constant labels differ', () => {
    expect(() => add(same, [{ node: 'a' }, { node: 'b' }])).not.toThrow()
    expect(() => add(same, [{}, { node: 'b' }])).not.toThrow()
  })

  test('clash when their constant labels are the same, in whatever order', () => {
    expect(() => add(same, [{}, {}])).toThrow('the constant labels are the same')
    expect(() =>
      add(same, [
        { node: 'a', zone: 'b' },
        { zone: 'b', node: 'a' },
      ]),
    ).toThrow('the constant labels are the same')
  })

  test.each([
    ['kind', row('counter', 'x', { labels: { a: ['1'] } })],
    ['labels', row('histogram', 'x', { labels: { b: ['1'] }, bounds: [1] })],
    ['closed values', row('histogram', 'x', { labels: { a: ['2'] }, bounds: [1] })],
    ['unit', row('histogram', 'x', { labels: { a: ['1'] }, bounds: [1], unit: 'seconds' })],
    ['bounds', row('histogram', 'x', { labels: { a: ['1'] }, bounds: [2] })],
  ])('clash when their %s differ', (_, second) => {
    expect(() => add(second, [{ node: 'a' }, { node: 'b' }])).toThrow(
      'its kind, labels, unit or bounds differ',
    )
  })
})
