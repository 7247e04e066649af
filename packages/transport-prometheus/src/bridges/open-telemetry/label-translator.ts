import type { SourceKind } from '../source-family.js'

/** A program has few attribute keys. If keys are generated, they must not fill the memory. */
const MAX_CACHED_NAMES = 10_000

/**
 * Translates attributes to labels: invalid characters become single underscores, `key_` is put before a leading digit
 * and `key` before a leading underscore. The values of keys that become the same label are joined with `;`, in the
 * order of the keys.
 *
 * Source: OpenTelemetry, "Prometheus and OpenMetrics compatibility", "Metric Attributes".
 */
export class LabelTranslator {
  readonly #names = new Map<string, string>()

  /** The labels of one series. `extra` are added, and win over attributes of the same name. */
  labels(
    attributes: Readonly<Record<string, unknown>>,
    kind: SourceKind,
    extra: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const labels: Record<string, string> = Object.create(null)
    // sorted, so that values are always joined in the same order
    for (const key of Object.keys(attributes).sort()) {
      const text = textOf(attributes[key])
      if (text === undefined) continue
      const name = this.#nameOf(key, kind)
      labels[name] = name in labels ? `${labels[name]};${text}` : text
    }
    return Object.assign(labels, extra)
  }

  #nameOf(key: string, kind: SourceKind): string {
    let name = this.#names.get(key)
    if (name === undefined) {
      name = translateKey(key)
      if (this.#names.size >= MAX_CACHED_NAMES) this.#names.clear()
      this.#names.set(key, name)
    }
    // `le` is reserved in histograms
    return name === 'le' && kind.endsWith('histogram') ? 'key_le' : name
  }
}

/** Translates an attribute's key to a label's name. */
export function translateKey(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9]+/g, '_')
  if (/^\d/.test(name)) return `key_${name}`
  return name === '' || name.startsWith('_') ? `key${name}` : name
}

/** Values that are not strings are written as JSON; undefined when that fails. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
