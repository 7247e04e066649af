/**
 * Fails on identifiers and phrases that were replaced by plainer ones: `node tools/check-words.ts [FOLDER]`.
 * `tools/words/replaced.ts` is the table of old and new.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findReplaced } from './words/find-replaced.ts'
import { workspaceRoot } from './workspace/graph.ts'

const patterns = [
  '*.{md,ts}',
  'docs/**/*.md',
  '{packages,examples}/*/{src,test,docs}/**/*.{ts,mjs,cjs,js,md}',
  '{packages,examples}/*/*.md',
  'bench/**/*.{ts,md}',
  'tools/**/*.{ts,mjs}',
]
/** Written by tools, taken from elsewhere, or the table itself. */
const excluded =
  /(^|\/)(node_modules|dist|fixtures?|\.cache|results|CHANGELOG\.md|tools\/words\/replaced\.ts)(\/|$)/

const root = process.argv[2] ?? workspaceRoot
const files = globSync(patterns, { cwd: root, exclude: (path) => excluded.test(path) })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !excluded.test(path))
const issues = files.sort().flatMap((path) => findReplaced(path, readFileSync(join(root, path), 'utf8')))
for (const issue of issues) console.error(issue)
if (issues.length === 0) console.log(`${files.length} files without a replaced word`)
process.exitCode = issues.length === 0 && files.length > 0 ? 0 : 1
