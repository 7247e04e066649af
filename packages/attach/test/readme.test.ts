import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import * as attach from '@tidegauge/attach'
import { expect, it, vi } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const block = (language: string): string =>
  new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(readme)?.[1] ?? 'nothing'

it('has a program in the README that prints what the README shows', async () => {
  expect(block('ts')).toBe(readFileSync(new URL('readme-example.ts', import.meta.url), 'utf8'))
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
    lines.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '))
  })
  await import('./readme-example.js')
  log.mockRestore()
  expect(lines.join('\n')).toBe(block('text').trim())
})

it('lists every exported name in the README', () => {
  for (const name of Object.keys(attach)) expect(readme).toContain(`\`${name}`)
})
