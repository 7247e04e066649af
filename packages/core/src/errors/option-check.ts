import type { ErrorCode } from './codes.js'
import { describeValue } from './describe.js'
import { didYouMean } from './did-you-mean.js'
import { OptionsError, type OptionIssue } from './errors.js'

/**
 * Collects everything that is wrong with a user's options, so that one error reports all of it.
 *
 * Each method returns the value, or the fallback when the value is left out or wrong.
 */
export class OptionCheck {
  readonly issues: OptionIssue[] = []
  readonly #where: string

  /** `where` begins the message: `transport "prometheus"`. */
  constructor(where: string) {
    this.#where = where
  }

  /** Adds an issue when `ok` is false. */
  expect(ok: boolean, path: string, value: unknown, expected: string): boolean {
    if (!ok) this.issues.push({ path, received: describeValue(value), expected })
    return ok
  }

  /** An integer within bounds, both inclusive. */
  integer(
    path: string,
    value: unknown,
    fallback: number,
    min: number,
    max = Number.MAX_SAFE_INTEGER,
  ): number {
    if (value === undefined) return fallback
    const ok = Number.isInteger(value) && (value as number) >= min && (value as number) <= max
    const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`
    return this.expect(ok, path, value, `an integer ${range}`) ? (value as number) : fallback
  }

  text(path: string, value: unknown, fallback: string): string {
    if (value === undefined) return fallback
    return this.expect(typeof value === 'string' && value !== '', path, value, 'a string that is not empty')
      ? (value as string)
      : fallback
  }

  flag(path: string, value: unknown, fallback: boolean): boolean {
    if (value === undefined) return fallback
    return this.expect(typeof value === 'boolean', path, value, 'true or false')
      ? (value as boolean)
      : fallback
  }

  choice<const C extends string>(path: string, value: unknown, fallback: C, choices: readonly C[]): C {
    if (value === undefined) return fallback
    return this.expect(
      choices.includes(value as C),
      path,
      value,
      `one of ${choices.map((c) => `"${c}"`).join(', ')}`,
    )
      ? (value as C)
      : fallback
  }

  /** Plain label names with string values, as constant labels are. */
  labels(path: string, value: unknown): Readonly<Record<string, string>> {
    if (value === undefined) return {}
    const ok =
      isPlainObject(value) &&
      Object.entries(value).every(
        // no leading "__": those are Prometheus's own; no empty value: it would be the same as no label
        ([name, text]) => /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && isText(text),
      )
    return this.expect(ok, path, value, 'an object of label names and strings that are not empty')
      ? { ...(value as Record<string, string>) }
      : {}
  }

  /** An object, or an empty one when it is left out; every key must be known. */
  object(path: string, value: unknown, keys: readonly string[]): Record<string, unknown> {
    if (value === undefined) return {}
    if (!this.expect(isPlainObject(value), path === '' ? 'options' : path, value, 'an object')) return {}
    for (const key of Object.keys(value as object))
      if (!keys.includes(key)) {
        const at = path === '' ? key : `${path}.${key}`
        this.issues.push({
          path: at,
          received: 'not an option here',
          expected: `one of ${keys.join(', ')}${didYouMean(key, keys)}`,
        })
      }
    return value as Record<string, unknown>
  }

  /** Throws what was found, all at once. */
  assertNoIssues(code: ErrorCode = 'OPTIONS_INVALID'): void {
    if (this.issues.length > 0) throw new OptionsError(this.#where, this.issues, code)
  }
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed() && !value.includes('\0')
}
