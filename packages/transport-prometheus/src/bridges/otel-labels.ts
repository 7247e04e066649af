import type { SourceKind } from './source-family.js'

/** A program has few attribute keys; one that makes them up is not to fill the memory. */
const MAX_REMEMBERED = 10_000

/**
 * Makes labels of attributes: invalid characters become single underscores, a leading digit gets `key_` and a leading
 * underscore `key` before it. Values of keys that become the same label are joined with `;`, in the order of the keys.
 *
 * Source: OpenTelemetry, "Prometheus and OpenMetrics compatibility", "Metric Attributes".
 */
export class LabelTranslator {
  readonly #names = new Map<string, string>()

  /** The labels of one series; `extra` are there beside the attributes, and win over them. */
  labels(
    attributes: Readonly<Record<string, unknown>>,
    kind: SourceKind,
    extra: Readonly<Record<string, string>>,
  ): Record<string, string> {
    const labels: Record<string, string> = Object.create(null)
    // sorted by key, so that what is joined has one order
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
      if (this.#names.size >= MAX_REMEMBERED) this.#names.clear()
      this.#names.set(key, name)
    }
    // a histogram's own label
    return name === 'le' && kind.endsWith('histogram') ? 'key_le' : name
  }
}

export function translateKey(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9]+/g, '_')
  if (/^\d/.test(name)) return `key_${name}`
  return name === '' || name.startsWith('_') ? `key${name}` : name
}

/** What is no string is told as JSON. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
