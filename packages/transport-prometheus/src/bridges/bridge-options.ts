import type { OptionCheck } from '@tidegauge/core'

/** Options that the plugin of every bridge takes. */
export interface BridgeOptions {
  /** The plugin's name; set it when a host has several. Default: the kind of source, such as `prom-client`. */
  readonly name?: string
  /** Put before the name of every metric, such as `app_`. Default: nothing. */
  readonly prefix?: string
  /** The most series of one metric. Default: the host's limit. */
  readonly seriesLimit?: number
}

/** The checked options of a bridge. */
export interface BridgeSettings {
  readonly name: string
  readonly prefix: string
  readonly seriesLimit: number | undefined
}

/** Checks the options that every bridge has; `otherKeys` are the names of a bridge's own. */
export function parseBridgeOptions(
  check: OptionCheck,
  options: object | undefined,
  defaultName: string,
  otherKeys: readonly string[] = [],
): BridgeSettings {
  const keys = ['name', 'prefix', 'seriesLimit', ...otherKeys]
  const given = check.object('', options, keys) as BridgeOptions
  const { prefix = '', seriesLimit } = given
  check.expect(/^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/.test(prefix), 'prefix', prefix, 'letters, digits, "_" and ":"')
  return {
    name: check.text('name', given.name, defaultName),
    prefix,
    seriesLimit: seriesLimit === undefined ? undefined : check.integer('seriesLimit', seriesLimit, 1, 1),
  }
}
