/** What `nx release publish` runs for each package: `node tools/release/publish.ts packages/core --dryRun=true …` */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false, // Nx passes on more than we ask for
  options: {
    dryRun: { type: 'string' },
    registry: { type: 'string' },
    tag: { type: 'string' },
    otp: { type: 'string' },
    provenance: { type: 'string' },
  },
})
const folder = positionals[0]
if (folder === undefined) throw new Error('publish.ts: expected the folder of a package')
const { name, version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<string, string>
const isDryRun = values['dryRun'] === 'true' || process.env['NX_DRY_RUN'] === 'true'
const passed = (['registry', 'tag', 'otp', 'provenance'] as const).flatMap((option) =>
  typeof values[option] === 'string' ? [`--${option}=${values[option]}`] : [],
)

if (isPublished()) {
  console.log(`${name}@${version} is published already`)
} else {
  const args = ['publish', ...(isDryRun ? ['--dry-run'] : []), ...passed]
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' })
  process.exitCode = status ?? 1
}

/** Versions are independent: most releases change some packages only, and a run that failed can be repeated. */
function isPublished(): boolean {
  const registry = passed.filter((argument) => argument.startsWith('--registry='))
  try {
    const args = ['view', `${name}@${version}`, 'version', '--json', '--prefer-online', ...registry]
    return execFileSync('npm', args, { encoding: 'utf8', stdio: 'pipe' }).trim() !== ''
  } catch (thrown) {
    const { stdout = '' } = thrown as { stdout?: string }
    if (stdout.includes('E404')) return false
    throw thrown
  }
}
