import type { AttributeTable, Attributes, AttributeValue } from '../contract/events.js'
import type { LogOnce } from '../log-once.js'
import type { PrivacyPolicy } from '../registry/privacy.js'
import type { PluginInstance } from '../storage/plugin-instance.js'

/** Lets through the attributes that a plugin declared, after the host's privacy rules, and counts the others. */
export class AttributeFilter {
  /** Attributes that were dropped because they are not declared, by plugin. */
  readonly droppedByPlugin = new Map<string, number>()
  readonly #privacy: PrivacyPolicy
  readonly #logOnce: LogOnce

  constructor(privacy: PrivacyPolicy, logOnce: LogOnce) {
    this.#privacy = privacy
    this.#logOnce = logOnce
  }

  apply({ plugin }: PluginInstance, table: AttributeTable, attributes: Attributes): Attributes {
    const kept: [string, AttributeValue][] = []
    for (const [name, value] of Object.entries(attributes)) {
      if (!Object.hasOwn(table, name)) {
        this.#drop(plugin, name)
        continue
      }
      const { privacy } = table[name]
      const shown = privacy === undefined ? value : this.#privacy.apply(privacy, String(value))
      if (shown !== undefined) kept.push([name, shown])
    }
    return Object.fromEntries(kept)
  }

  #drop(plugin: string, name: string): void {
    this.droppedByPlugin.set(plugin, (this.droppedByPlugin.get(plugin) ?? 0) + 1)
    this.#logOnce.warn(
      `attribute ${plugin}`,
      `plugin "${plugin}": event attribute ${JSON.stringify(name)} is not in its eventAttributes and was dropped; declare it there, later ones are only counted`,
    )
  }
}
