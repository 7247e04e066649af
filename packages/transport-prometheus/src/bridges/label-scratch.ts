import type { SourcePoint } from './source-family.js'

/** What most label values are; others are told by their `toString`, as the libraries do. */
type Printable = string | number | boolean

/**
 * The one labels object that a metric's points are written into in turn, as core wants them: every label there, and
 * every value a string. Label names such as `__proto__` are names like any other.
 */
export class LabelScratch {
  readonly names: readonly string[]
  readonly labels: Record<string, string> = Object.create(null)

  constructor(names: readonly string[]) {
    this.names = [...new Set(names)]
  }

  /** Takes over what is there; what is left out or undefined becomes the empty string. False when a value has no text. */
  fill(labels: Readonly<Record<string, unknown>>): boolean {
    for (const name of this.names) {
      const text = Object.hasOwn(labels, name) ? textOf(labels[name] as Printable) : ''
      if (text === undefined) return false
      this.labels[name] = text
    }
    return true
  }

  /** These names, and then those of the points that are not among them. */
  with(points: readonly SourcePoint[]): string[] {
    const names = new Set(this.names)
    for (const { labels } of points) for (const name of Object.keys(labels ?? {})) names.add(name)
    return [...names]
  }
}

/** A label's value as text; undefined for what has none. */
function textOf(value: Printable | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  try {
    return String(value)
  } catch {
    return undefined
  }
}
