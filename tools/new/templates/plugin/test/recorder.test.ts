import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { createMySystemRecorder, mySystem } from '../src/index.js'

it('exports what was recorded', async () => {
  const recorder = createMySystemRecorder()
  const host = await startTestHost(mySystem({ source: recorder }))
  recorder.addCpu({ user: 1.25 })
  recorder.addCpu({ user: 0.25, system: 0.5 })
  recorder.warned('DeprecationWarning')
  const values = await host.read()
  expect(values.get('my_system_cpu_seconds_total{mode="user"}')).toBe(1.5)
  expect(values.get('my_system_cpu_seconds_total{mode="system"}')).toBe(0.5)
  expect(values.get('my_system_warnings_total{warning="DeprecationWarning"}')).toBe(1)
  // present state that was never recorded is not exported
  expect(values.has('my_system_memory_bytes{area="heap"}')).toBe(false)
})
