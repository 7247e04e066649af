/** Every TypeScript block of every README and page of documentation compiles against the packages as they are. */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workspaceRoot } from '../workspace/graph.ts'
import { codeBlocks } from './support/code-blocks.ts'

test('the examples in READMEs and documentation compile', () => {
  const folder = join(workspaceRoot, 'bench/.cache/readme-examples')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const pages = globSync(['README.md', 'docs/**/*.md', 'packages/*/README.md', 'packages/*/docs/**/*.md'], {
    cwd: workspaceRoot,
  })
  let count = 0
  for (const page of pages) {
    const blocks = codeBlocks(readFileSync(join(workspaceRoot, page), 'utf8'))
    // a block with the name of a file is a part of a project, which has a test of its own
    for (const [i, { code }] of blocks
      .filter(({ language, file }) => language === 'ts' && file === '')
      .entries()) {
      writeFileSync(join(folder, `${page.replaceAll(/[^a-z0-9]/gi, '-')}-${i}.ts`), `${code}\nexport {}\n`)
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
