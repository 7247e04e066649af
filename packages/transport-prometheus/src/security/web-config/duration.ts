/** Longer texts are refused, which limits the cost of the expressions below. */
const MAX_CHARACTERS = 64

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
])

/**
 * Parses a duration of Go (`1s`, `1m30s`, `1.5h`, `0`). Returns milliseconds, or undefined for an invalid one.
 *
 * Source: Go's `time.ParseDuration`. Negative durations are invalid here.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  if (text.length > MAX_CHARACTERS || !/^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text))
    return undefined
  let totalMs = 0
  for (const [, count, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g))
    totalMs += Number(count) * UNIT_MS.get(unit)!
  return totalMs
}
