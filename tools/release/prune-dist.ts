/** Runs before a package is packed, in its folder: what an earlier build left behind must not be published. */
import { existsSync, globSync, rmSync } from 'node:fs'

if (!existsSync('dist/index.js')) {
  console.error('dist/index.js is missing: run `npm run build` first')
  process.exit(1)
}
const built = /\.(d\.ts|js)(\.map)?$/
for (const file of globSync('dist/**/*.*')) {
  const source = file.replace(/^dist/, 'src').replace(built, '.ts')
  if (built.test(file) && !existsSync(source)) rmSync(file)
}
