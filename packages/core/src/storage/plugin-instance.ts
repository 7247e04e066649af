/** The plugin instance that an instrument belongs to. */
export interface PluginInstance {
  readonly plugin: string
  /** Constant labels that the host gave, such as the node's name. */
  readonly labels: Readonly<Record<string, string>>
  /** The collect pass that is under way, by its number; 0 between passes. */
  pass: number
  /** The number of the latest pass. */
  lastPass: number
}

export function createPluginInstance(
  plugin: string,
  labels: Readonly<Record<string, string>> = {},
): PluginInstance {
  return { plugin, labels, pass: 0, lastPass: 0 }
}
