import { inspect } from 'node:util'
import { redact } from '../redact.js'

const MAX_VALUE = 120
/** Long enough for an error of ours with its advice. */
const MAX_MESSAGE = 400
const UNPRINTABLE = 'something that cannot be printed'

/** A value as it is quoted in an error message: short, on one line, without credentials. Never throws. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return oneLine(JSON.stringify(value))
  if (typeof value === 'function') return 'a function'
  try {
    return oneLine(
      inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 5, maxStringLength: 60 }),
    )
  } catch {
    return UNPRINTABLE
  }
}

/** The message of anything that was thrown, also when it is not an `Error`, on one line, without credentials. Never throws. */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error)
      return oneLine(thrown.message === '' ? thrown.name : thrown.message, MAX_MESSAGE)
    return describeValue(thrown)
  } catch {
    return UNPRINTABLE
  }
}

function oneLine(text: string, longest = MAX_VALUE): string {
  const flat = redact(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  return flat.length > longest ? `${flat.slice(0, longest - 1)}…` : flat
}
