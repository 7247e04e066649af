import { expect } from 'vitest'
import type { TestHost } from './host.js'
import { HOUR_MS, type Name } from './nodes.js'
import { runsMade } from './series.js'

/** Shorter than a day: due at every run. */
export const short = { lifetime: HOUR_MS }
export const often = { republishInterval: 100 }

export const deaf = { get: () => Promise.reject(new Error('not here')) }
export const refusing = {
  ...deaf,
  put: () => Promise.reject(new Error('no')),
  toString: () => 'Refusing(http://x)',
}
export const taking = { ...deaf, put: () => Promise.resolve(), toString: () => 'Taking()' }

export async function runs(name: Name, host: TestHost, more: number): Promise<void> {
  const before = (await host.value(runsMade))!
  if (!name.started) name.start()
  await expect.poll(() => host.value(runsMade), { timeout: 10_000 }).toBeGreaterThanOrEqual(before + more)
}
