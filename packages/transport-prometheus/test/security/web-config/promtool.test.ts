/** Compares our verdict on many files with that of `promtool check web-config`. */
import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLogger } from '@tidegauge/core'
import { openSettings } from '../../../src/security/live-settings.js'
import { makeCertificates } from '../support/certificates.js'
import { agreed, different } from './cases.js'
import { debianProgram } from '@tidegauge/testkit'

const made = makeCertificates()
const server = made.sign('server')
let promtool: string
beforeAll(async () => {
  promtool = await debianProgram('promtool', 'prometheus')
  made.sign('past', { from: '20200101000000Z', to: '20200201000000Z' })
  const rsa = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', join(made.folder, 'rsa.key')]
  execFileSync('openssl', ['req', ...rsa, '-out', join(made.folder, 'rsa.pem'), '-subj', '/CN=rsa'], {
    stdio: 'ignore',
  })
})
afterAll(made.remove)

let count = 0
/** Writes a file into a new folder, with copies of the certificates. */
function write(text: string): string {
  const folder = join(made.folder, `case ${count++}`)
  mkdirSync(folder)
  for (const name of ['server', 'ca', 'past', 'rsa'])
    for (const end of ['pem', 'key'])
      copyFileSync(join(made.folder, `${name}.${end}`), join(folder, `${name}.${end}`))
  const block = (pem: string) => `|\n    ${pem.trim().replaceAll('\n', '\n    ')}`
  const file = join(folder, 'web.config.yml')
  writeFileSync(
    file,
    text.replaceAll('FOLDER', folder).replace('CERT', block(server.cert)).replace('KEY', block(server.key)),
  )
  return file
}

const none = { tls: undefined, users: new Map(), headers: new Map(), rateLimit: undefined, warnings: [] }
const deps = { logger: silentLogger, monotonic: () => 0 }
function ours(file: string): { verdict: 'good' | 'bad'; message: string } {
  try {
    openSettings({ webConfigFile: file, spec: none, bearerTokens: [] }, deps)
    return { verdict: 'good', message: '' }
  } catch (thrown) {
    const { code, message } = thrown as Error & { code: string }
    expect(code).toBe('OPTIONS_INVALID')
    return { verdict: 'bad', message }
  }
}

function theirs(file: string): Promise<{ verdict: 'good' | 'bad'; message: string }> {
  return new Promise((resolve) =>
    execFile(promtool, ['check', 'web-config', file], (error, stdout, stderr) =>
      resolve({ verdict: error === null ? 'good' : 'bad', message: stdout + stderr }),
    ),
  )
}

describe('a web.config.yml', () => {
  test.each(Object.entries(agreed))('%s, as in promtool', async (name, text) => {
    const file = write(text)
    const [mine, its] = [ours(file), await theirs(file)]
    expect(mine.verdict, `${mine.message} / ${its.message}`).toBe(its.verdict)
    expect(mine.verdict).toBe(name.slice(0, name.indexOf(':')))
  })

  test.each(Object.entries(different))(
    '%s: intentionally not as in promtool',
    async (_, { text, ours: verdict }) => {
      const file = write(text)
      const [mine, its] = [ours(file), await theirs(file)]
      expect(mine.verdict, mine.message).toBe(verdict)
      // if promtool agrees, the case belongs to the other list
      expect(its.verdict).not.toBe(verdict)
    },
  )
})
