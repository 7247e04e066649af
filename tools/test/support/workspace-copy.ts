/** Copies of the workspace for tests of tools that write to it. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { workspaceRoot } from '../../workspace/graph.ts'

export interface WorkspaceCopy {
  readonly root: string
  remove(): void
}

/** Copies these paths to a temporary folder. `node_modules` has a link for each package that is installed. */
export function copyWorkspace(paths: readonly string[]): WorkspaceCopy {
  const root = mkdtempSync(join(tmpdir(), 'tidegauge-workspace-'))
  for (const path of paths) cpSync(join(workspaceRoot, path), join(root, path), { recursive: true })
  linkModules(root)
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** One link for each package: what npm writes into `node_modules` itself must not reach the workspace's. */
function linkModules(root: string): void {
  const [from, to] = [join(workspaceRoot, 'node_modules'), join(root, 'node_modules')]
  mkdirSync(to)
  for (const name of readdirSync(from).filter((one) => !one.startsWith('.') && one !== '@tidegauge'))
    symlinkSync(join(from, name), join(to, name))
}

/** Links packages of the copy as npm links those of a workspace. */
export function linkPackages(root: string, names: readonly string[]): void {
  mkdirSync(join(root, 'node_modules/@tidegauge'))
  for (const name of names)
    symlinkSync(join(root, 'packages', name), join(root, 'node_modules/@tidegauge', name))
}
