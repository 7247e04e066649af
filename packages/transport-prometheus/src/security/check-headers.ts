import { validateHeaderValue } from 'node:http'
import { oneOf, securityHeaders } from './go-names.js'
import type { AddIssue, Field } from './issue.js'
import type { SecurityHeader } from './spec.js'

/** Checks response headers: only five are allowed, with valid values. Empty ones are left out. */
export function checkHeaders(
  fields: readonly [string, Field<string>][],
  addIssue: AddIssue,
): Map<SecurityHeader, string> {
  const headers = new Map<SecurityHeader, string>()
  for (const [name, { path, value }] of fields) {
    const known = securityHeaders.get(name)
    if (known === undefined) addIssue(path, 'a header that cannot be set here', oneOf(securityHeaders))
    else if (known.values?.includes(value) === false)
      addIssue(path, 'a value that is not allowed', known.values.map((one) => `"${one}"`).join(' or '))
    else if (!isHeaderValue(value))
      addIssue(path, 'a value that is not valid in a header', 'printable text on one line')
    else if (value !== '') headers.set(known.name, value)
  }
  return headers
}

function isHeaderValue(value: string): boolean {
  try {
    validateHeaderValue('X', value)
    return true
  } catch {
    return false
  }
}
