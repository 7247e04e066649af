import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

describe('the README', () => {
  test('shows what its first program prints', async () => {
    const [, program] = /```ts\n([^]*?)```/.exec(readme)!
    const [, output] = /```text\n([^]*?)```/.exec(readme)!
    // resolves the built package, as a user's program does
    const cwd = fileURLToPath(new URL('../../..', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd,
    })
    expect(stdout).toBe(output)
  })
})
