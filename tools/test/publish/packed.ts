/** The packages as `npm publish` would send them. */
import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { workspaceRoot } from '../../workspace/graph.ts'

const run = promisify(execFile)

export interface PublishedManifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

export interface Packed {
  /** Its folder from the root, such as `packages/core`. */
  readonly folder: string
  readonly manifest: PublishedManifest
  readonly tarball: string
  /** Every file in the tarball, as paths in the package. */
  readonly files: readonly string[]
}

export function publishedManifests(): { folder: string; manifest: PublishedManifest }[] {
  return globSync('packages/*/package.json', { cwd: workspaceRoot })
    .sort()
    .map((path) => ({
      folder: dirname(path),
      manifest: JSON.parse(readFileSync(join(workspaceRoot, path), 'utf8')) as PublishedManifest,
    }))
}

/** Packs every package from its build. Throws with npm's words when one can't be packed, such as before a build. */
export async function packAll(): Promise<{ packages: Packed[]; remove(): void }> {
  const target = mkdtempSync(join(tmpdir(), 'tidegauge-packed-'))
  const packages = await Promise.all(
    publishedManifests().map(async ({ folder, manifest }) => {
      const args = ['pack', '--json', '--loglevel=error', `--pack-destination=${target}`]
      const { stdout } = await run('npm', args, { cwd: join(workspaceRoot, folder), maxBuffer: 2 ** 24 })
      const [packed] = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as [
        { filename: string; files: { path: string }[] },
      ]
      return {
        folder,
        manifest,
        tarball: join(target, packed.filename),
        files: packed.files.map(({ path }) => path).sort(),
      }
    }),
  )
  return { packages, remove: () => rmSync(target, { recursive: true, force: true }) }
}
