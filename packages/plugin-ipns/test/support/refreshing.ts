import { expect } from 'vitest'
import type { TestHost } from '@tidegauge/testkit'
import { HOUR_MS, type Name } from './nodes.js'
import { runsMade } from './series.js'

/** Shorter than a day: due at every run. */
export const short = { lifetime: HOUR_MS }
export const often = { republishInterval: 100 }

export const noGet = { get: () => Promise.reject(new Error('not here')) }
export const refusing = {
  ...noGet,
  put: () => Promise.reject(new Error('no')),
  toString: () => 'Refusing(http://x)',
}
export const taking = { ...noGet, put: () => Promise.resolve(), toString: () => 'Taking()' }

export async function waitForRuns(name: Name, host: TestHost, more: number): Promise<void> {
  const before = (await host.value(runsMade))!
  if (!name.started) name.start()
  await expect.poll(() => host.value(runsMade), { timeout: 10_000 }).toBeGreaterThanOrEqual(before + more)
}
