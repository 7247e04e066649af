/**
 * Adds to `package-lock.json` what other platforms need: `node tools/lock-platforms.ts`, after `npm install`.
 *
 * npm leaves out an optional package that it could not fetch, such as a binary for another platform from a registry
 * that does not serve its files. `npm ci` then refuses the whole lockfile, on every platform. The checksum of an entry
 * that this adds is the one that the registry states for that version.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workspaceRoot } from './workspace/graph.ts'

interface Locked {
  version?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

export type Packages = Record<string, Locked>

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']

/** Optional packages that something in the lockfile asks for and that the lockfile does not have. */
export function missingPlatforms(packages: Packages): { name: string; version: string; dev: boolean }[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !placesOf(name, path).some((place) => place in packages))
      .map(([name, version]) => ({ name, version, dev })),
  )
}

/** Where Node.js looks for a package, from a folder upwards. */
function placesOf(name: string, from: string): string[] {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (from === '') return [place]
  const above = from.includes('node_modules/') ? from.slice(0, from.lastIndexOf('node_modules/')) : ''
  return [place, ...placesOf(name, above.replace(/\/$/, ''))]
}

/** Entries that `npm ci` would install without comparing them with a checksum. */
export function withoutChecksum(packages: Packages): string[] {
  return Object.entries(packages)
    .filter(([path, { link, integrity }]) => path.includes('node_modules/') && !link && !integrity)
    .map(([path]) => path)
}

/** The checksum that the registry states. */
function checksumOf(name: string, version: string): string {
  const integrity = execFileSync('npm', ['view', `${name}@${version}`, 'dist.integrity'], {
    encoding: 'utf8',
  }).trim()
  if (!integrity.startsWith('sha512-')) throw new Error(`${name}@${version}: the registry states no checksum`)
  return integrity
}

/** The platform as the name says it: `@oxlint/binding-linux-arm64-musl`. */
function entryOf({ name, version, dev }: { name: string; version: string; dev: boolean }): Locked {
  const words = name.slice(name.indexOf('/') + 1).split('-')
  const [os, cpu] = [systems, processors].map((known) => words.filter((word) => known.includes(word)))
  if (!/^\d+\.\d+\.\d+/.test(version) || os?.length !== 1 || cpu?.length !== 1)
    throw new Error(
      `${name}@${version} is not for one platform and one version: run npm install where it exists`,
    )
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : undefined
  return { version, cpu, ...(libc && { libc }), ...(dev && { dev }), optional: true, os }
}

if (import.meta.main) {
  const path = join(workspaceRoot, 'package-lock.json')
  const lockfile = JSON.parse(readFileSync(path, 'utf8')) as { packages: Packages }
  const missing = missingPlatforms(lockfile.packages)
  for (const one of missing) lockfile.packages[`node_modules/${one.name}`] = entryOf(one)
  const bare = withoutChecksum(lockfile.packages)
  for (const path of bare) {
    const entry = lockfile.packages[path]
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    // where npm writes it, so that the next install changes nothing
    const { version, ...rest } = entry
    lockfile.packages[path] = { version, integrity: checksumOf(name, version!), ...rest }
  }
  const sorted = Object.entries(lockfile.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  writeFileSync(path, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
  console.log(
    `package-lock.json: ${missing.length} packages for other platforms and ${bare.length} checksums added`,
  )
}
