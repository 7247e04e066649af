import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** Compares with a file in `fixtures/`; its README says how to regenerate it. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(`../fixtures/${name}`, import.meta.url)
  if (process.env['TIDEGAUGE_REMAKE'] === '1') writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
}
