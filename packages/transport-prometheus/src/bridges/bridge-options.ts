import type { OptionCheck } from '@tidegauge/core'

/** What the plugin of every bridge takes. */
export interface BridgeOptions {
  /** The plugin's name, to tell several sources apart. Default: what kind of source it is, such as `prom-client`. */
  readonly name?: string
  /** Begins the name of every metric, such as `app_`. Default: nothing. */
  readonly prefix?: string
  /** Most series of one metric. Default: the host's limit. */
  readonly seriesLimit?: number
}

export interface BridgeSettings {
  readonly name: string
  readonly prefix: string
  readonly seriesLimit: number | undefined
}

/** The options that every bridge has; `others` are names of a bridge's own. */
export function parseBridgeOptions(
  check: OptionCheck,
  options: object | undefined,
  name: string,
  others: readonly string[] = [],
): BridgeSettings {
  const keys = ['name', 'prefix', 'seriesLimit', ...others]
  const given = check.object('', options, keys) as BridgeOptions
  const { prefix = '', seriesLimit } = given
  check.expect(/^([a-zA-Z_:][a-zA-Z0-9_:]*)?$/.test(prefix), 'prefix', prefix, 'letters, digits, "_" and ":"')
  return {
    name: check.text('name', given.name, name),
    prefix,
    seriesLimit: seriesLimit === undefined ? undefined : check.integer('seriesLimit', seriesLimit, 1, 1),
  }
}
