import type { DropReason } from '../definition/drop-reason.js'
import type { ResolvedDefinition } from '../definition/resolve.js'
import { describeValue } from '../errors/describe.js'

/** What a dropped sample looked like and what was expected. `received` is what the caller passed. */
export function explainDrop(definition: ResolvedDefinition, reason: DropReason, received: unknown): string {
  const { kind, name } = definition
  const subject = `${kind} ${JSON.stringify(name)} got ${describeValue(received)}`
  return `${subject}: ${labelProblem(definition, reason, received) ?? expectations[reason] ?? reason}`
}

const expectations: Partial<Record<DropReason, string>> = {
  not_a_number: 'expected a number',
  not_an_integer: 'expected counts that are whole numbers below 2^53',
  negative: 'expected a number that is not negative',
  infinite: 'expected a finite number',
  unknown_state: 'expected one of its states',
  exemplar_too_long:
    'expected exemplar labels of at most 128 characters in all, and times between 1970 and 9999',
  pool_full: 'there is no room for further label values',
}

/** What is wrong with the labels, when labels were the reason. */
function labelProblem(
  { labels }: ResolvedDefinition,
  reason: DropReason,
  received: unknown,
): string | undefined {
  if (!reason.startsWith('label_')) return undefined
  if (typeof received !== 'object' || received === null) return `expected an object with ${list(labels)}`
  for (const { name, values } of labels) {
    const problem = valueProblem(name, safeRead(received, name), values)
    if (problem !== undefined) return problem
  }
  const known = new Set(labels.map(({ name }) => name))
  const unknown = safeKeys(received).find((name) => !known.has(name))
  return unknown === undefined
    ? undefined
    : `label ${JSON.stringify(unknown)} is not one of its labels, expected ${list(labels)}`
}

function valueProblem(
  name: string,
  value: unknown,
  values: readonly string[] | undefined,
): string | undefined {
  const expected = values === undefined ? 'a string, number or boolean' : values.slice(0, 8).join(' or ')
  if (value === undefined || value === null)
    return `label ${JSON.stringify(name)} is missing, expected ${expected}`
  const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  if (!isText || values?.includes(String(value)) === false)
    return `label ${JSON.stringify(name)} was ${describeValue(value)}, expected ${expected}`
  return undefined
}

function safeRead(labels: object, name: string): unknown {
  try {
    return Reflect.get(labels, name)
  } catch {
    return undefined
  }
}

function safeKeys(labels: object): string[] {
  try {
    return Object.keys(labels)
  } catch {
    return []
  }
}

function list(labels: ResolvedDefinition['labels']): string {
  return labels.length === 0 ? 'no labels' : labels.map(({ name }) => JSON.stringify(name)).join(', ')
}
