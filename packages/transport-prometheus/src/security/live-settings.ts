import { readFileSync, statSync } from 'node:fs'
import { describeThrown, OptionsError, type Logger, type OptionIssue } from '@tidegauge/core'
import { isOutOfDate, loadCredentials, type Credentials } from './credentials.js'
import type { SecuritySpec } from './spec.js'
import { parseWebConfig } from './web-config/web-config.js'

/** Settings that are in use, with what they were read from. */
export interface Loaded {
  readonly spec: SecuritySpec
  readonly credentials: Credentials | undefined
  /** One more with each change. */
  readonly generation: number
  /** What the files were when they were read; differs when one of them changed. */
  readonly fingerprint: string
}

/** Settings that are read again when their files change. */
export interface LiveSettings {
  readonly source: SettingsSource
  readonly logger: Logger
  readonly monotonic: () => number
  readonly onChange: ((loaded: Loaded, before: Loaded) => void)[]
  loaded: Loaded
  checkedAtMs: number
  /** Why the files as they are now are not in use, if so. */
  problem: string | undefined
}

/** Either a file, or what the options say. */
export interface SettingsSource {
  readonly webConfigFile: string | undefined
  readonly spec: SecuritySpec
}

const CHECK_EVERY_MS = 1_000
const where = 'transport "prometheus"'

/** Reads the settings for the first time. Throws `OPTIONS_INVALID` that names every fault. */
export function openSettings(
  source: SettingsSource,
  { logger, monotonic }: { logger: Logger; monotonic: () => number },
): LiveSettings {
  const loaded = load(source, 0)
  for (const note of loaded.spec.notes) logger.warn(note)
  if (loaded.credentials !== undefined && isOutOfDate(loaded.credentials.certificate, Date.now()))
    logger.warn('the TLS certificate is out of date')
  return { source, logger, monotonic, loaded, onChange: [], checkedAtMs: monotonic(), problem: undefined }
}

/**
 * Reads the files again when one of them has changed; looks at most once a second. Never throws.
 *
 * New settings that do not do leave the present ones in use, and are told once.
 */
export function refreshSettings(live: LiveSettings): void {
  const nowMs = live.monotonic()
  if (nowMs - live.checkedAtMs < CHECK_EVERY_MS) return
  live.checkedAtMs = nowMs
  const before = live.loaded
  const files = filesOf(live.source, before.spec)
  if (files.length === 0 || (live.problem === undefined && fingerprintOf(files) === before.fingerprint))
    return
  try {
    const loaded = load(live.source, before.generation + 1)
    assertReplaces(loaded, before)
    const isSame = live.problem !== undefined && loaded.fingerprint === before.fingerprint
    live.problem = undefined
    live.loaded = loaded
    for (const listener of live.onChange) listener(loaded, before)
    if (!isSame) for (const note of loaded.spec.notes) live.logger.warn(note)
    live.logger.info(
      isSame ? 'the web settings are as they were' : 'the web settings were read again and are in use',
    )
  } catch (thrown) {
    // faults of the settings hold no secret, and are worth their length
    const problem = thrown instanceof OptionsError ? thrown.message : describeThrown(thrown)
    if (problem !== live.problem)
      live.logger.error(`the changed web settings are not used, the ones before stay in use: ${problem}`)
    live.problem = problem
  }
}

function load({ webConfigFile, spec: given }: SettingsSource, generation: number): Loaded {
  const issues: OptionIssue[] = []
  const fault = (path: string, received: string, expected: string) =>
    void issues.push({ path, received, expected })
  // before the files are read: what changes meanwhile is seen next time
  let fingerprint = webConfigFile === undefined ? '' : fingerprintOf([webConfigFile])
  const spec = webConfigFile === undefined ? given : readWebConfig(webConfigFile, fault)
  fingerprint = fingerprintOf(filesOf({ webConfigFile, spec }, spec), fingerprint)
  const credentials =
    spec.tls === undefined || issues.length > 0 ? undefined : loadCredentials(spec.tls, fault)
  if (issues.length > 0)
    throw new OptionsError(
      webConfigFile === undefined ? where : `${where}: web config ${JSON.stringify(webConfigFile)}`,
      issues,
    )
  return { spec, credentials, generation, fingerprint }
}

function readWebConfig(
  file: string,
  fault: (path: string, received: string, expected: string) => void,
): SecuritySpec {
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    fault(
      'webConfigFile',
      `a file that can not be read (${(thrown as NodeJS.ErrnoException).code})`,
      'a readable file',
    )
  }
  return parseWebConfig(text, file, fault)
}

/** Throws when new settings can not take the place of the present ones. */
function assertReplaces(loaded: Loaded, before: Loaded): void {
  if ((loaded.credentials === undefined) !== (before.credentials === undefined))
    throw new Error('TLS can not be switched on or off while the server runs: restart the host for that')
  // a file that is half written may look like one without users
  if (loaded.spec.users.size === 0 && before.spec.users.size > 0)
    throw new Error('basic auth can not be switched off while the server runs: restart the host for that')
  if (loaded.credentials === undefined || before.credentials === undefined) return
  const nowMs = Date.now()
  if (
    isOutOfDate(loaded.credentials.certificate, nowMs) &&
    !isOutOfDate(before.credentials.certificate, nowMs)
  )
    throw new Error('the new TLS certificate is out of date, the present one is not')
}

function filesOf({ webConfigFile }: SettingsSource, { tls }: SecuritySpec): string[] {
  const files = [webConfigFile, tls?.cert.file, tls?.key.file, tls?.clientCa?.file]
  return files.filter((file) => file !== undefined)
}

function fingerprintOf(files: readonly string[], first?: string): string {
  const prints = files.map((file, i) =>
    i === 0 && first !== undefined && first !== '' ? first : printOf(file),
  )
  return prints.join(' ')
}

/** What tells one state of a file from the next; links are followed, as Kubernetes swaps them. */
function printOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`
  } catch (thrown) {
    return String((thrown as NodeJS.ErrnoException).code)
  }
}
