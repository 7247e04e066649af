/** One plugin in one host, as its instruments and events know it. */
export interface PluginInstance {
  readonly plugin: string
  readonly version: string
  /** Constant labels that the host gave, such as the node's name. */
  readonly labels: Readonly<Record<string, string>>
  /** The collect pass that is under way, by its number; 0 between passes, -1 there once a pass was late. */
  pass: number
  /** The number of the latest pass. */
  lastPass: number
}

export function createPluginInstance(
  plugin: string,
  labels: Readonly<Record<string, string>> = {},
  version = '0.0.0',
): PluginInstance {
  return { plugin, version, labels, pass: 0, lastPass: 0 }
}
