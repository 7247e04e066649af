import type { AddIssue, Field } from './issue.js'

/**
 * Version, cost from 4 to 31, 22 characters of salt, 31 of hash. Stricter than Go's library, which accepts texts that
 * no password can match.
 */
const bcryptHash = /^\$2[aby]?\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/

/** The cost of a hash: the logarithm of its number of rounds. */
export function bcryptCost(hash: string): number {
  return Number(/^\$2[aby]?\$(\d\d)/.exec(hash)![1])
}

/** Checks the hashes of users. Returns those that are bcrypt hashes, by user. */
export function checkUsers(
  fields: readonly [string, Field<string>][],
  addIssue: AddIssue,
): Map<string, string> {
  const users = new Map<string, string>()
  for (const [user, { path, value }] of fields) {
    if (bcryptHash.test(value)) users.set(user, value)
    else addIssue(path, 'not a bcrypt hash', 'one as `htpasswd -nBC 10` prints it, with a cost from 4 to 31')
  }
  return users
}
