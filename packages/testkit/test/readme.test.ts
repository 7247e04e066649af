/** The programs of the README are files of tests: they are run here, beside what is checked about the README. */
import { readFileSync } from 'node:fs'
import * as testkit from '@tidegauge/testkit'
import { afterAll, expect, test, vi } from 'vitest'

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8')
const readme = read('../README.md')
const printed: string[] = []
const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line))
afterAll(() => log.mockRestore())

await import('./readme-example.js')
await import('./readme-table.js')
await import('./readme-suite.js')

test('the README shows these programs and no other', () => {
  const blocks = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, block]) => block)
  expect(blocks).toEqual(['readme-example.ts', 'readme-table.ts', 'readme-suite.ts'].map(read))
})

test('the README shows what its first program prints', () => {
  const [, output] = /```json\n([^]*?)```/.exec(readme)!
  expect(printed.map((line) => JSON.parse(line))).toEqual([JSON.parse(output)])
})

test('the README names everything that is exported', () => {
  for (const name of Object.keys(testkit)) expect(readme).toContain(`\`${name}`)
})
