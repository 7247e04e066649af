import { formatNumber } from './byte-writer.js'

/** The two text formats. They differ in headers, in floats in labels, and in exemplars. */
export type TextFormat = 'text' | 'openmetrics'

/**
 * Escapes a label's value for either text format.
 * Source: Prometheus exposition formats, "Comments, help text, and type information".
 */
export function escapeLabelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/**
 * Escapes help: `\` and line breaks, and in OpenMetrics also quotes. Lone surrogates and NUL, which neither format can
 * carry, become U+FFFD.
 */
export function escapeHelp(help: string, format: TextFormat): string {
  const text = help.toWellFormed().replaceAll('\0', '\uFFFD').replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return format === 'openmetrics' ? text.replaceAll('"', '\\"') : text
}

/** A number as a label's value: OpenMetrics requires `1.0` where text 0.0.4 has `1`. */
export function labelNumber(value: number, format: TextFormat): string {
  const text = formatNumber(value)
  return format === 'openmetrics' && /^-?\d+$/.test(text) ? `${text}.0` : text
}
