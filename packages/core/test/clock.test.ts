import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@tidegauge/core'
import { describe, expect, test, vi } from 'vitest'

describe('system clock', () => {
  test('gives the wall clock and a clock that never goes back', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000)
    const first = systemClock.monotonic()
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(first)
  })

  test('can not be changed by one plugin for all others', () => {
    expect(() => Object.assign(systemClock, { now: () => 0 })).toThrow(TypeError)
  })

  test('calls back once after the delay, unless it is cancelled', () => {
    vi.useFakeTimers()
    try {
      const calls: string[] = []
      systemClock.after(1_000, () => calls.push('kept'))
      systemClock.after(1_000, () => calls.push('cancelled'))()
      vi.advanceTimersByTime(999)
      expect(calls).toEqual([])
      vi.advanceTimersByTime(10_000)
      expect(calls).toEqual(['kept'])
    } finally {
      vi.useRealTimers()
    }
  })

  test('does not call back at once for a delay that Node.js can not hold', async () => {
    let called = false
    const cancels = [2 ** 31, Infinity].map((delayMs) => systemClock.after(delayMs, () => (called = true)))
    await new Promise((resolve) => setTimeout(resolve, 20))
    for (const cancel of cancels) cancel()
    expect(called).toBe(false)
  })

  test('does not keep the process alive', async () => {
    const source = fileURLToPath(new URL('../src/clock.ts', import.meta.url))
    const program = `const { systemClock } = await import(${JSON.stringify(source)}); systemClock.after(600_000, () => {}); console.log('end')`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 20_000,
    })
    expect(stdout.trim()).toBe('end')
  })
})
