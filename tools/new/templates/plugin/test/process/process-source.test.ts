import { EventEmitter } from 'node:events'
import { startTestHost } from '@tidegauge/testkit'
import { expect, it } from 'vitest'
import { mySystem, type ProcessLike } from '../../src/index.js'

/** A process that the test controls. */
function fakeProcess(parts: Partial<ProcessLike> = {}) {
  return Object.assign(new EventEmitter(), {
    resourceUsage: () => ({ userCPUTime: 2_500_000, systemCPUTime: 500_000 }),
    memoryUsage: () => ({ heapUsed: 4_096, external: 512 }),
    ...parts,
  })
}

const warning = (name: string) => Object.assign(new Error('deprecated'), { name })

it('exports CPU time in seconds and memory in bytes', async () => {
  const host = await startTestHost(mySystem({ target: fakeProcess() }))
  expect(Object.fromEntries(await host.read())).toEqual({
    'my_system_cpu_seconds_total{mode="user"}': 2.5,
    'my_system_cpu_seconds_total{mode="system"}': 0.5,
    'my_system_memory_bytes{area="heap"}': 4_096,
    'my_system_memory_bytes{area="external"}': 512,
  })
})

it('measures the process that it runs in', async () => {
  const host = await startTestHost(mySystem())
  expect(await host.value('my_system_memory_bytes{area="heap"}')).toBeGreaterThan(1_000_000)
  expect(await host.value('my_system_cpu_seconds_total{mode="user"}')).toBeGreaterThan(0)
})

it('counts warnings by name while it runs, and detaches when it stops', async () => {
  const target = fakeProcess()
  const host = await startTestHost(mySystem({ target }))
  target.emit('warning', warning('DeprecationWarning'))
  target.emit('warning', warning('DeprecationWarning'))
  expect(await host.value('my_system_warnings_total{warning="DeprecationWarning"}')).toBe(2)
  await host.tidegauge.stop()
  expect(target.listenerCount('warning')).toBe(0)
})

it('counts warnings beyond the maximum of names as other', async () => {
  const target = fakeProcess()
  const host = await startTestHost(mySystem({ target, maxWarningNames: 1 }))
  for (const name of ['FirstWarning', 'SecondWarning', 'ThirdWarning']) target.emit('warning', warning(name))
  expect(await host.value('my_system_warnings_total{warning="FirstWarning"}')).toBe(1)
  expect(await host.value('my_system_warnings_total{warning="other"}')).toBe(2)
  expect(host.log.join()).toContain('more than 1 warning names')
})

it('is down with the reason when a part cannot be read, and exports the rest', async () => {
  const target = fakeProcess({
    memoryUsage: () => {
      throw new Error('not permitted')
    },
  })
  const host = await startTestHost(mySystem({ target }))
  const values = await host.read()
  expect(values.get('my_system_cpu_seconds_total{mode="user"}')).toBe(2.5)
  expect(values.has('my_system_memory_bytes{area="heap"}')).toBe(false)
  expect(host.tidegauge.health().plugins).toMatchObject([
    { state: 'down', lastError: expect.stringContaining('could not read the memory: not permitted') },
  ])
})
