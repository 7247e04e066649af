/** The suite on a small real plugin: it reads the memory of this process. */
import { apiLevel, definePlugin, type Gauge } from '@tidegauge/core'
import { testPlugin } from '@tidegauge/testkit'

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
