import { inspect } from 'node:util'

const LONGEST = 120
const UNPRINTABLE = 'something that cannot be printed'

/** A value as it is quoted in an error message: short, on one line, strings in double quotes. Never throws. */
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

/** The message of anything that was thrown, also of what is no `Error`, on one line. Never throws. */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return oneLine(thrown.message === '' ? thrown.name : thrown.message)
    return describeValue(thrown)
  } catch {
    return UNPRINTABLE
  }
}

function oneLine(text: string): string {
  const flat = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  return flat.length > LONGEST ? `${flat.slice(0, LONGEST - 1)}…` : flat
}
