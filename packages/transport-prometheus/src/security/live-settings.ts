import { describeThrown, OptionsError, type Logger } from '@tidegauge/core'
import { isOutOfDate } from './credentials.js'
import {
  filesOf,
  fingerprintOf,
  loadSettings,
  withAbsolutePaths,
  type LoadedSettings,
} from './load-settings.js'
import type { SecuritySettings } from './spec.js'

const MIN_CHECK_INTERVAL_MS = 1_000

/** Settings that are read again when their files change. */
export interface LiveSettings extends LiveSettingsDeps {
  readonly settings: SecuritySettings
  /** Called with the new settings. */
  readonly onChange: ((loaded: LoadedSettings) => void)[]
  loaded: LoadedSettings
  checkedAtMs: number
  /** Why the present files are not in use; undefined when they are. */
  problem: string | undefined
}

/** What live settings work with. */
export interface LiveSettingsDeps {
  readonly logger: Logger
  /** The host's monotonic clock, in milliseconds. */
  readonly monotonic: () => number
}

/** Reads the settings for the first time. Throws `OPTIONS_INVALID` that names every issue. */
export function openSettings(given: SecuritySettings, { logger, monotonic }: LiveSettingsDeps): LiveSettings {
  const settings = withAbsolutePaths(given)
  const loaded = loadSettings(settings)
  for (const warning of loaded.spec.warnings) logger.warn(warning)
  if (loaded.credentials !== undefined && isOutOfDate(loaded.credentials.certificate, Date.now()))
    logger.warn('the TLS certificate has expired or is not valid yet')
  return { settings, logger, monotonic, loaded, onChange: [], checkedAtMs: monotonic(), problem: undefined }
}

/**
 * Reads the files again when one of them has changed. Checks at most once a second. Never throws.
 *
 * When the new settings cannot be used, the present ones stay in use, and the reason is logged once.
 */
export function refreshSettings(live: LiveSettings): void {
  const nowMs = live.monotonic()
  if (nowMs - live.checkedAtMs < MIN_CHECK_INTERVAL_MS) return
  live.checkedAtMs = nowMs
  const previous = live.loaded
  const files = filesOf(live.settings, previous.spec)
  if (files.length === 0) return
  if (live.problem === undefined && fingerprintOf(files) === previous.fingerprint) return
  try {
    const loaded = loadSettings(live.settings)
    assertReplaces(loaded, previous)
    const isUnchanged = live.problem !== undefined && loaded.fingerprint === previous.fingerprint
    live.problem = undefined
    live.loaded = loaded
    for (const listener of live.onChange) listener(loaded)
    if (!isUnchanged) for (const warning of loaded.spec.warnings) live.logger.warn(warning)
    live.logger.info(isUnchanged ? 'the web settings are as before' : 'the web settings were read again')
  } catch (thrown) {
    // the message of an OptionsError has no secrets, and is useful at any length
    const problem = thrown instanceof OptionsError ? thrown.message : describeThrown(thrown)
    if (problem !== live.problem)
      live.logger.error(`the changed web settings are not used, the previous ones stay in use: ${problem}`)
    live.problem = problem
  }
}

/** Throws when new settings cannot replace the present ones. */
function assertReplaces(loaded: LoadedSettings, previous: LoadedSettings): void {
  if ((loaded.credentials === undefined) !== (previous.credentials === undefined))
    throw new Error('TLS cannot be switched on or off while the server runs: restart the host for that')
  // a file that is only half written may have no users yet
  if (loaded.spec.users.size === 0 && previous.spec.users.size > 0)
    throw new Error('basic auth cannot be switched off while the server runs: restart the host for that')
  if (loaded.credentials === undefined || previous.credentials === undefined) return
  const nowMs = Date.now()
  const isWorse =
    isOutOfDate(loaded.credentials.certificate, nowMs) &&
    !isOutOfDate(previous.credentials.certificate, nowMs)
  if (isWorse) throw new Error('the new TLS certificate has expired or is not valid yet')
}
