/** A project of somebody else: outside the workspace, with nothing but what it installs. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { workspaceRoot } from '../../workspace/graph.ts'
import type { Registry } from '../verdaccio.ts'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Consumer {
  readonly folder: string
  write(files: Readonly<Record<string, string>>): void
  /** Runs `npm install`; dependencies of our packages come from npm's cache, or from the machine's registry. */
  install(specs: readonly string[], flags?: readonly string[]): Promise<Outcome>
  /** Runs a file on the Node.js that runs the tests. */
  run(file: string): Promise<Outcome>
  tsc(project: string): Promise<Outcome>
  remove(): void
}

export function createConsumer({ npmrc }: Registry, manifest: object = {}): Consumer {
  const folder = mkdtempSync(join(tmpdir(), 'tidegauge-consumer-'))
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
  write({ '.npmrc': npmrc, 'package.json': JSON.stringify({ name: 'consumer', private: true, ...manifest }) })
  const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const tsc = join(workspaceRoot, 'node_modules/typescript/bin/tsc')
  return {
    folder,
    write,
    install: (specs, flags = []) => outcomeOf('npm', ['install', ...quiet, ...flags, ...specs], folder),
    run: (file) => outcomeOf(process.execPath, [file], folder),
    tsc: (project) => outcomeOf(process.execPath, [tsc, '-p', project], folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Publishes a tarball. Throws with npm's words when it is refused. */
export async function publish(consumer: Consumer, tarball: string, tag = 'latest'): Promise<void> {
  const args = ['publish', tarball, `--tag=${tag}`, '--provenance=false', '--loglevel=error']
  const { code, stderr } = await outcomeOf('npm', args, consumer.folder)
  if (code !== 0) throw new Error(`${tarball} could not be published: ${stderr}`)
}

/** Throws with what was printed when a command failed: for steps that a test needs and does not check. */
export function assertDone(what: string, { code, stdout, stderr }: Outcome): void {
  if (code !== 0) throw new Error(`${what} failed with code ${code}:\n${stderr}\n${stdout}`)
}

/** Runs a command and never throws. Without the environment variables of npm, Git and Vitest. */
export async function outcomeOf(
  command: string,
  args: readonly string[],
  cwd: string,
  added: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|GIT_|INIT_CWD|VITEST|NODE_ENV)/i.test(name),
  )
  try {
    const env = { ...Object.fromEntries(inherited), ...added }
    const output = await promisify(execFile)(command, args, { cwd, env, maxBuffer: 2 ** 26, timeout: 60_000 })
    return { code: 0, ...output }
  } catch (thrown) {
    const { code, stdout, stderr, message } = thrown as Partial<Outcome> & Error
    return { code: typeof code === 'number' ? code : 1, stdout: stdout ?? '', stderr: stderr || message }
  }
}
