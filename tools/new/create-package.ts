import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { packageJson, packageKinds, projectJson, tsconfigJson } from './manifests.ts'
import { rename, type Names } from './names.ts'

export const kinds = ['plugin', 'transport'] as const
export type Kind = (typeof kinds)[number]

export function isKind(text: string): text is Kind {
  return (kinds as readonly string[]).includes(text)
}

/** What to create, and in which workspace. */
export interface NewPackage {
  readonly root: string
  readonly kind: Kind
  readonly names: Names
}

/** Writes a package's files and adds it to the workspace's build. Throws when its folder exists. */
export async function createPackage({ root, kind, names }: NewPackage): Promise<{ readonly folder: string }> {
  const folder = `packages/${kind}-${names.kebab}`
  if (existsSync(join(root, folder)))
    throw new Error(`${folder} exists already; choose another name, or remove it`)
  const files = { ...manifestsOf({ root, kind, names }), ...sourcesOf(kind, names) }
  for (const [path, text] of Object.entries(files)) await write(join(root, folder, path), text)
  await addReference(join(root, 'tsconfig.json'), folder)
  return { folder }
}

function manifestsOf({ root, kind, names }: NewPackage): Record<string, string> {
  const parts = packageKinds[kind]
  return {
    'package.json': JSON.stringify(packageJson(root, parts, names)),
    'project.json': JSON.stringify(projectJson()),
    'tsconfig.json': JSON.stringify(tsconfigJson(parts)),
    LICENSE: readFileSync(join(root, 'LICENSE'), 'utf8'),
  }
}

function sourcesOf(kind: Kind, names: Names): Record<string, string> {
  const template = fileURLToPath(new URL(`./templates/${kind}`, import.meta.url))
  const paths = globSync('**/*.*', { cwd: template })
  return Object.fromEntries(
    paths.map((path) => [rename(path, names), rename(readFileSync(join(template, path), 'utf8'), names)]),
  )
}

/** Adds a package to the build of the workspace, after its other packages. */
async function addReference(file: string, folder: string): Promise<void> {
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { references: { path: string }[] }
  const { references } = settings
  const last = references.findLastIndex(({ path }) => path.startsWith('packages/'))
  references.splice(last + 1, 0, { path: folder })
  await write(file, JSON.stringify(settings, null, 2))
}

async function write(file: string, text: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true })
  const options = { ...(await resolveConfig(file)), filepath: file }
  writeFileSync(file, /\.(ts|md|json)$/.test(file) ? await format(text, options) : text)
}
