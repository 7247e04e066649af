import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Compares with a file in `fixtures/`, which `TIDEGAUGE_REMAKE=1` rewrites. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(`../fixtures/${name}`, import.meta.url)
  if (process.env['TIDEGAUGE_REMAKE'] === '1') writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
}
