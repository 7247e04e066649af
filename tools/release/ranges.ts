import { isInRange } from '../workspace/versions.ts'

export type Ranges = Record<string, string>

/** What a release reads and writes of a package.json. */
export interface Manifest {
  name: string
  version: string
  dependencies?: Ranges
  peerDependencies?: Ranges
  devDependencies?: Ranges
}

export const collections = ['dependencies', 'peerDependencies', 'devDependencies'] as const

/** Every range on a package of the workspace that does not take the version which that package has, in words. */
export function staleRanges(manifests: readonly Manifest[]): string[] {
  const versions = new Map(manifests.map(({ name, version }) => [name, version]))
  return manifests.flatMap((manifest) =>
    collections.flatMap((collection) =>
      Object.entries(manifest[collection] ?? {}).flatMap(([name, range]) => {
        const version = versions.get(name)
        if (version === undefined || isInRange(version, range)) return []
        return [`${manifest.name} wants ${name} ${range} (${collection}), which is at ${version}`]
      }),
    ),
  )
}
