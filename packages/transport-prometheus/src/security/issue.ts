/** One value from the options or from a file, and where it is. */
export interface Field<T> {
  /** Names the value in issues: `tls.certFile`, or `basic_auth_users.alice (line 5, column 3)`. */
  readonly path: string
  readonly value: T
}

/** Adds an issue. `received` is shown to the operator, so it must not contain a secret. */
export type AddIssue = (path: string, received: string, expected: string) => void
