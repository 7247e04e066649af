/** One plugin in one host, as its instruments and events know it. */
export interface PluginInstance {
  readonly plugin: string
  readonly version: string
  /** Constant labels that the host gave, such as the node's name. */
  readonly labels: Readonly<Record<string, string>>
  /** The collect pass that is under way, by its number; 0 between passes. */
  pass: number
  /** The number of the latest pass. */
  lastPass: number
  /** Whether any pass took too long and may still write. */
  hasLatePass: boolean
}

export function createPluginInstance(
  plugin: string,
  labels: Readonly<Record<string, string>> = {},
  version = '0.0.0',
): PluginInstance {
  return { plugin, version, labels, pass: 0, lastPass: 0, hasLatePass: false }
}
