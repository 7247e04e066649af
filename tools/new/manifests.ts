/** The files of a new package that are data: they follow the workspace instead of a template. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Names } from './names.ts'

/** What a package of one kind has beside its sources. */
export interface PackageKind {
  readonly kind: 'plugin' | 'transport'
  readonly usesAttach: boolean
  readonly description: string
}

export const packageKinds: Readonly<Record<PackageKind['kind'], PackageKind>> = {
  plugin: {
    kind: 'plugin',
    usesAttach: true,
    description: 'CPU time, memory and warnings of a Node.js process, for Tidegauge',
  },
  transport: {
    kind: 'transport',
    usesAttach: false,
    description: 'Posts all values as JSON lines to an HTTP server, for Tidegauge',
  },
}

/** `package.json`, in the version 0.1.0, with ranges that take the workspace's own packages. */
export function packageJson(
  root: string,
  { kind, usesAttach, description }: PackageKind,
  names: Names,
): object {
  const folder = `packages/${kind}-${names.kebab}`
  const core = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as {
    readonly homepage: string
    readonly [field: string]: unknown
  }
  const range = (name: string): string => {
    const text = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')
    return `^${(JSON.parse(text) as { version: string }).version}`
  }
  return {
    name: `@tidegauge/${kind}-${names.kebab}`,
    version: '0.1.0',
    description,
    keywords: ['metrics', 'monitoring', 'observability', names.kebab],
    license: core['license'],
    repository: { ...(core['repository'] as object), directory: folder },
    homepage: core.homepage.replace('packages/core', folder),
    bugs: core['bugs'],
    type: 'module',
    engines: core['engines'],
    sideEffects: false,
    exports: core['exports'],
    files: ['dist', 'src', 'README.md', 'CHANGELOG.md'],
    publishConfig: core['publishConfig'],
    scripts: core['scripts'],
    ...(usesAttach && { dependencies: { '@tidegauge/attach': range('attach') } }),
    peerDependencies: { '@tidegauge/core': range('core') },
    devDependencies: { '@tidegauge/core': '*', '@tidegauge/testkit': '*' },
  }
}

/** `project.json`: that Nx publishes it. */
export function projectJson(): object {
  return {
    $schema: '../../node_modules/nx/schemas/project-schema.json',
    targets: { 'nx-release-publish': {} },
  }
}

/** `tsconfig.json`: how it is built, and after what. */
export function tsconfigJson({ usesAttach }: PackageKind): object {
  return {
    extends: '../../tsconfig.base.json',
    compilerOptions: { rootDir: 'src', outDir: 'dist' },
    include: ['src'],
    references: [{ path: '../core' }, ...(usesAttach ? [{ path: '../attach' }] : [])],
  }
}
