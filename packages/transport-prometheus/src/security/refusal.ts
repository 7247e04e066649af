/** The answer to a request that is refused. */
export interface Refusal {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}
