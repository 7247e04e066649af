import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { OptionsError, type OptionIssue } from '@tidegauge/core'
import { loadCredentials, type Credentials } from './credentials.js'
import type { AddIssue } from './issue.js'
import type { PemSource, SecuritySettings, SecuritySpec, TlsSpec } from './spec.js'
import { parseWebConfig } from './web-config/web-config.js'

/** Settings with what was read from their files. */
export interface LoadedSettings {
  readonly spec: SecuritySpec
  readonly credentials: Credentials | undefined
  /** The state of the files when they were read; differs when one of them changes. */
  readonly fingerprint: string
}

/** Reads the files of the settings. Throws `OPTIONS_INVALID` that names every issue. */
export function loadSettings(settings: SecuritySettings): LoadedSettings {
  const { webConfigFile } = settings
  const issues: OptionIssue[] = []
  const addIssue: AddIssue = (path, received, expected) => void issues.push({ path, received, expected })
  // taken before a file is read: a change during the read is found by the next check
  let fingerprint = webConfigFile === undefined ? '' : fingerprintOf([webConfigFile])
  const spec = webConfigFile === undefined ? settings.spec : readWebConfig(webConfigFile, addIssue)
  fingerprint = fingerprintOf(filesOf(settings, spec), fingerprint)
  const credentials =
    spec.tls === undefined || issues.length > 0 ? undefined : loadCredentials(spec.tls, addIssue)
  if (issues.length > 0) throw new OptionsError(whereOf(webConfigFile), issues)
  return { spec, credentials, fingerprint }
}

/** Makes the paths of all files absolute, so that they stay the same when the process changes its directory. */
export function withAbsolutePaths({ webConfigFile, spec, ...rest }: SecuritySettings): SecuritySettings {
  const tls = spec.tls && withAbsoluteFiles(spec.tls)
  return { ...rest, webConfigFile: webConfigFile && resolve(webConfigFile), spec: { ...spec, tls } }
}

/** The files that settings are read from. */
export function filesOf({ webConfigFile }: SecuritySettings, { tls }: SecuritySpec): string[] {
  const files = [webConfigFile, tls?.cert.file, tls?.key.file, tls?.clientCa?.file]
  return files.filter((file) => file !== undefined)
}

/** The state of files as text. `first` is that of the first file, when it was taken before. */
export function fingerprintOf(files: readonly string[], first = ''): string {
  return files.map((file, i) => (i === 0 && first !== '' ? first : stateOf(file))).join(' ')
}

function withAbsoluteFiles(tls: TlsSpec): TlsSpec {
  const absolute = (pem: PemSource): PemSource =>
    pem.file === undefined ? pem : { ...pem, file: resolve(pem.file) }
  return {
    ...tls,
    cert: absolute(tls.cert),
    key: absolute(tls.key),
    clientCa: tls.clientCa && absolute(tls.clientCa),
  }
}

function whereOf(webConfigFile: string | undefined): string {
  const where = 'transport "prometheus"'
  return webConfigFile === undefined ? where : `${where}: web config ${JSON.stringify(webConfigFile)}`
}

function readWebConfig(file: string, addIssue: AddIssue): SecuritySpec {
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    addIssue('webConfigFile', `a file that cannot be read (${code})`, 'a readable file')
  }
  return parseWebConfig(text, file, addIssue)
}

/** Differs after each change of a file. Links are followed, because Kubernetes replaces links. */
function stateOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`
  } catch (thrown) {
    return String((thrown as NodeJS.ErrnoException).code)
  }
}
