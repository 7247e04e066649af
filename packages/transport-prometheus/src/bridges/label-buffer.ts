import type { SourcePoint } from './source-family.js'

/** What most label values are; for others their `toString` counts, as in the libraries. */
type Printable = string | number | boolean

/**
 * One labels object that the points of a metric are written into one after the other, in the form that core needs:
 * every label is there, and every value is a string. It has no prototype, because the
 * other library chooses the names.
 */
export class LabelBuffer {
  readonly names: readonly string[]
  readonly labels: Record<string, string> = Object.create(null)

  constructor(names: readonly string[]) {
    this.names = [...new Set(names)]
  }

  /**
   * Writes one point's labels. A label that is left out or undefined becomes the empty string.
   * Returns false when a value cannot be converted to a string.
   */
  fill(labels: Readonly<Record<string, unknown>>): boolean {
    for (const name of this.names) {
      const text = Object.hasOwn(labels, name) ? textOf(labels[name] as Printable) : ''
      if (text === undefined) return false
      this.labels[name] = text
    }
    return true
  }

  /** The names of this buffer, and then other names that the points have. */
  namesWith(points: readonly SourcePoint[]): string[] {
    const names = new Set(this.names)
    for (const { labels } of points) for (const name of Object.keys(labels ?? {})) names.add(name)
    return [...names]
  }
}

/** A label's value as text; undefined when it cannot be converted. */
function textOf(value: Printable | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  try {
    return String(value)
  } catch {
    return undefined
  }
}
