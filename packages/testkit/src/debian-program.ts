/** Programs of Debian that tests run: from the PATH, or unpacked from a package that the tests fetch themselves. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Where packages are unpacked: in the `node_modules` of the repository that the tests run in. */
const cache = join(process.cwd(), 'node_modules/.cache/tidegauge')

/**
 * The path of a program, such as `prometheus`. Nothing is installed on the machine: the package is unpacked into
 * the repository's cache. Throws with what to do when it can't be had: a test that can't run must fail.
 */
export async function debianProgram(name: string, packageName = name): Promise<string> {
  const installed = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
  return installed.find((path) => existsSync(path)) ?? debianFile(packageName, `usr/bin/${name}`)
}

/** The path of a file of a Debian package, unpacked into the repository's cache. Throws like `debianProgram`. */
export async function debianFile(packageName: string, path: string): Promise<string> {
  const unpacked = join(cache, packageName, path)
  if (existsSync(unpacked)) return unpacked
  try {
    await unpack(packageName)
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)
    throw new Error(
      `${path} is not here and could not be fetched (${why}): install Debian's ${packageName}`,
      {
        cause: thrown,
      },
    )
  }
  return unpacked
}

async function unpack(packageName: string): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'download-'))
  try {
    const download = () => run('apt-get', ['download', packageName], { cwd: folder })
    // a fresh machine has no lists of packages yet
    await download().catch(async () => {
      await run('apt-get', ['update'])
      await download()
    })
    const archive = readdirSync(folder).find((file) => file.endsWith('.deb'))!
    await run('dpkg-deb', ['-x', join(folder, archive), join(folder, 'x')])
    rmSync(join(cache, packageName), { recursive: true, force: true })
    renameSync(join(folder, 'x'), join(cache, packageName))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
