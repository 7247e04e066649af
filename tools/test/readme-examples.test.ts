/** Every TypeScript block of every README compiles against the packages as they are. */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workspaceRoot } from '../workspace/graph.ts'

test('the examples in the READMEs compile', () => {
  const folder = join(workspaceRoot, 'bench/.cache/readme-examples')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const readmes = ['README.md', ...globSync('packages/*/README.md', { cwd: workspaceRoot })]
  let count = 0
  for (const readme of readmes) {
    const text = readFileSync(join(workspaceRoot, readme), 'utf8')
    for (const [i, [, code]] of [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].entries()) {
      writeFileSync(join(folder, `${readme.replaceAll(/[^a-z0-9]/gi, '-')}-${i}.ts`), `${code}\nexport {}\n`)
      count++
    }
  }
  const settings = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: { noEmit: true, composite: false, noUnusedLocals: false, paths: {} },
    include: ['*.ts'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
  expect(count).toBeGreaterThan(2)
  const tsc = join(workspaceRoot, 'node_modules/.bin/tsc')
  let output = ''
  try {
    execFileSync(tsc, ['-p', folder], { encoding: 'utf8' })
  } catch (thrown) {
    output = (thrown as { stdout: string }).stdout
  }
  expect(output).toBe('')
})
