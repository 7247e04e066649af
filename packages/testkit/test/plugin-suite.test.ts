/** The suite on a small real plugin: it reads the memory of this process. */
import { apiLevel, definePlugin, type Gauge } from '@tidegauge/core'
import { testPlugin } from '@tidegauge/testkit'
import { expect, test } from 'vitest'
import { familiesWithoutSamples } from '../src/plugin-suite.js'

function memoryPlugin() {
  let heap: Gauge | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  return definePlugin({
    name: 'memory-usage',
    version: '1.0.0',
    apiLevel,
    instruments: {
      heap: { kind: 'gauge', name: 'memory_heap_used_bytes', help: 'Heap in use', unit: 'bytes' },
      reads: { kind: 'counter', name: 'memory_reads_total', help: 'Times that memory was read' },
      old: { kind: 'gauge', name: 'memory_old_total', help: 'A name that dashboards know' },
    },
    start({ instruments }) {
      heap = instruments.heap
      timer = setInterval(() => instruments.reads.inc(), 60_000)
    },
    collect: () => heap!.set(process.memoryUsage().heapUsed),
    stop: () => clearInterval(timer),
  })
}

testPlugin({
  name: 'memory-usage',
  create: memoryPlugin,
  present: ['memory_heap_used_bytes'],
  nameExceptions: ['memory_old_total'],
})

test('a family that must be present fails when it has no samples, or does not exist (issue 10, 7)', () => {
  const family = { kind: 'gauge', help: '', unit: undefined, labels: [] } as const
  const families = [
    { ...family, name: 'present', series: [{ labels: {}, value: 0 }] },
    { ...family, name: 'empty', series: [] },
  ]
  expect(familiesWithoutSamples(families, ['present', 'empty', 'misspelled'])).toEqual([
    'empty',
    'misspelled',
  ])
  expect(familiesWithoutSamples(families)).toEqual([])
})
