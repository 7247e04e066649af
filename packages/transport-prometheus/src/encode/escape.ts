/** Source: Prometheus exposition formats, "Comments, help text, and type information". */
export function escapeLabelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

/** Text 0.0.4 escapes `\` and line breaks in help; OpenMetrics quotes too. NUL can't be carried by either. */
export function escapeHelp(help: string, isOpenMetrics: boolean): string {
  const text = help.toWellFormed().replaceAll('\0', '\uFFFD').replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  return isOpenMetrics ? text.replaceAll('"', '\\"') : text
}
