import type { OptionIssue } from '@tidegauge/core'
import type { Field } from './issue.js'

/** Reads strings from options. Its issues never contain a value, because any of them may be a secret. */
export class SecretReader {
  readonly #issues: OptionIssue[]

  constructor(issues: OptionIssue[]) {
    this.#issues = issues
  }

  /** A string; undefined when it is not given or wrong. */
  text(path: string, value: unknown): Field<string> | undefined {
    if (value === undefined) return undefined
    if (typeof value === 'string' && value !== '') return { path, value }
    this.#issues.push({
      path,
      received: value === '' ? 'an empty string' : `a ${typeof value}`,
      expected: 'a string that is not empty',
    })
    return undefined
  }

  /** A list of strings. */
  texts(path: string, value: unknown): Field<string>[] | undefined {
    if (value === undefined) return undefined
    if (Array.isArray(value)) return value.flatMap((one, i) => this.text(`${path}.${i}`, one) ?? [])
    this.#issues.push({ path, received: `a ${typeof value}`, expected: 'a list of strings' })
    return undefined
  }

  /** An object of strings, as its entries. */
  entries(path: string, value: unknown): [string, Field<string>][] {
    if (value === undefined) return []
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.entries(value).flatMap(([name, one]): [string, Field<string>][] => {
        const field = this.text(`${path}.${name}`, one)
        return field === undefined ? [] : [[name, field]]
      })
    this.#issues.push({ path, received: `a ${typeof value}`, expected: 'an object of strings' })
    return []
  }
}
