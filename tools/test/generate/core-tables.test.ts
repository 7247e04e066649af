import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { defineInstruments } from '@tidegauge/core'
import { expect, test } from 'vitest'
import { interfaceTable, kindsTable, methodsTable } from '../../generate/core-tables.ts'
import { metricsTable } from '../../generate/metrics-table.ts'
import { workspaceRoot } from '../../workspace/graph.ts'

const core = join(workspaceRoot, 'packages/core')
const fixture = fileURLToPath(new URL('./fixture/package', import.meta.url))

test('the table of kinds has each kind once, with the methods of its handle', () => {
  const rows = kindsTable(core).split('\n').slice(2)
  expect(rows.map((row) => /^\| `(\w+)`/.exec(row)?.[1] ?? '').sort()).toEqual([
    'counter',
    'exponential_histogram',
    'gauge',
    'histogram',
    'info',
    'rate',
    'state_set',
    'summary',
    'timer',
    'up_down_counter',
  ])
  expect(rows.find((row) => row.startsWith('| `counter`'))).toMatch(/\| `inc`, `setTotal` \|$/)
})

test('the table of methods has calls with the names of their parameters, and the kinds that have them', () => {
  const table = methodsTable(core)
  expect(table).toContain('| `inc(value?, exemplar?)` | `counter` |')
  expect(table).toMatch(/`observe\(value, exemplar\?\)` \| `histogram`, .*`timer` \|/)
  expect(table).toContain('| `labels(labels)` | every kind with labels |')
})

test('the table of an interface has all of its members, and throws where one is not documented', () => {
  expect(interfaceTable(core, 'CollectContext').split('\n').slice(2)).toHaveLength(3)
  expect(interfaceTable(fixture, 'TargetOptions')).toContain('| `url` | `string` | The address. |')
  expect(() => interfaceTable(fixture, 'Undocumented')).toThrow('Undocumented.none has no docstring')
})

test('the table of metrics lists the values of closed labels, and those of a rate are its counter’s', () => {
  const table = metricsTable(
    defineInstruments({
      jobs: {
        kind: 'counter',
        name: 'jobs_total',
        help: 'a|b',
        labels: { outcome: ['done', 'failed'], queue: {} },
      },
      speed: { kind: 'rate', name: 'jobs_per_second', help: 'Speed', of: 'jobs' },
    }),
  )
  expect(table.split('\n').slice(2)).toEqual([
    '| `jobs_total` | counter |  | `outcome` (done, failed), `queue` | a\\|b |',
    '| `jobs_per_second` | rate |  | `outcome` (done, failed), `queue` | Speed |',
  ])
})
