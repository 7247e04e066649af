import { apiLevel, type Plugin } from '@tidegauge/core'

/** A plugin with a name and an empty table, for cases about how it is run. */
export function createPlugin(plugin: Partial<Plugin> & { readonly name: string }): Plugin {
  return { version: '1.2.3', apiLevel, instruments: {}, ...plugin }
}
