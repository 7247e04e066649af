/**
 * How `nx release` reads and writes versions here.
 *
 * Nx's own implementation comes with `@nx/js`, which we don't need for anything else and which knows nothing of
 * `src/version.ts`, which has the version at run time.
 */
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { VersionActions, type AfterAllProjectsVersioned } from 'nx/release'
import { collections, staleRanges, type Manifest, type Ranges } from './ranges.ts'
import { isInRange } from '../workspace/versions.ts'

type Tree = Parameters<VersionActions['validate']>[0]
type Graph = Parameters<VersionActions['readDependencies']>[1]

class PackageVersionActions extends VersionActions {
  validManifestFilenames = ['package.json']

  async readCurrentVersionFromSourceManifest(tree: Tree) {
    const manifestPath = this.#path('package.json')
    return { currentVersion: readManifest(tree, manifestPath).version, manifestPath }
  }

  async readCurrentVersionFromRegistry(): Promise<null> {
    return null // versions come from the manifests: a release must not depend on what a registry says
  }

  async readCurrentVersionOfDependency(tree: Tree, _graph: Graph, dependency: string) {
    const manifest = readManifest(tree, this.#path('package.json'))
    const collection = collections.find((name) => manifest[name]?.[dependency] !== undefined)
    if (collection === undefined) return { currentVersion: null, dependencyCollection: null }
    return { currentVersion: manifest[collection]?.[dependency] ?? null, dependencyCollection: collection }
  }

  async updateProjectVersion(tree: Tree, newVersion: string): Promise<string[]> {
    const path = this.#path('package.json')
    writeManifest(tree, path, { ...readManifest(tree, path), version: newVersion })
    return [`New version ${newVersion} written to ${path}`, ...this.#updateSource(tree, newVersion)]
  }

  async updateProjectDependencies(tree: Tree, _graph: Graph, ranges: Ranges): Promise<string[]> {
    const path = this.#path('package.json')
    const manifest = readManifest(tree, path)
    const changes: string[] = []
    for (const collection of collections) {
      for (const [name, range] of Object.entries(manifest[collection] ?? {})) {
        const version = ranges[name]?.replace(/^[~^=]/, '')
        if (version === undefined || isInRange(version, range)) continue
        manifest[collection]![name] = `^${version}`
        changes.push(`${collection} of ${path}: ${name} ^${version}`)
      }
    }
    if (changes.length > 0) writeManifest(tree, path, manifest)
    return changes
  }

  /** A package without `src/version.ts` has nothing to update. Throws when the file has another form. */
  #updateSource(tree: Tree, newVersion: string): string[] {
    const path = this.#path('src/version.ts')
    const source = tree.read(path, 'utf8')
    if (source === null) return []
    const updated = source.replace(/ersion = '[^']*'/, `ersion = '${newVersion}'`)
    if (!updated.includes(`'${newVersion}'`))
      throw new Error(`${path}: no version found that could be replaced`)
    tree.write(path, updated)
    return [`New version ${newVersion} written to ${path}`]
  }

  #path(file: string): string {
    return join(this.projectGraphNode.data.root, file)
  }
}

export default PackageVersionActions

/**
 * Refuses what would not install together, and writes the new versions to the lockfile, which holds those of the
 * workspace's own packages too.
 */
export const afterAllProjectsVersioned: AfterAllProjectsVersioned = async (cwd, { dryRun }) => {
  if (dryRun) return { changedFiles: [], deletedFiles: [] }
  const manifests = globSync('packages/*/package.json', { cwd }).map((path) =>
    readFileSync(join(cwd, path), 'utf8'),
  )
  const stale = staleRanges(manifests.map((text) => JSON.parse(text) as Manifest))
  if (stale.length > 0)
    throw new Error(
      `${stale.join('\n')}\nDiscard these changes, add a version plan for each, and release again.`,
    )
  const lockfile = 'package-lock.json'
  const before = readFileSync(join(cwd, lockfile), 'utf8')
  await promisify(execFile)('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit'], {
    cwd,
  })
  const isSame = readFileSync(join(cwd, lockfile), 'utf8') === before
  return { changedFiles: isSame ? [] : [lockfile], deletedFiles: [] }
}

function readManifest(tree: Tree, path: string): Manifest {
  const text = tree.read(path, 'utf8')
  if (text === null) throw new Error(`${path} does not exist`)
  return JSON.parse(text) as Manifest
}

function writeManifest(tree: Tree, path: string, manifest: Manifest): void {
  tree.write(path, `${JSON.stringify(manifest, null, 2)}\n`)
}
