/** What a run sends; each scope includes the ones before: raw samples, values that were not sent yet, everything. */
export const scopes = ['samples', 'unsent', 'all'] as const

export type Scope = (typeof scopes)[number]

/** A run that has started. */
export interface Run {
  readonly ended: Promise<void>
  /** Whether the next scheduled flush fails if the run has not ended by then. */
  isBlocking: boolean
}

interface WaitingRun {
  scope: Scope
  ended: Promise<void>
}

/** Starts runs one after the other. */
export class RunQueue {
  current: Run | undefined
  readonly #start: (scope: Scope) => Promise<void>
  #waiting: WaitingRun | undefined

  /** `start` must not reject. */
  constructor(start: (scope: Scope) => Promise<void>) {
    this.#start = start
  }

  /**
   * Starts a run, or adds one after the current one. Calls before that one starts share it, with the widest of their
   * scopes. Resolves when the run has ended; never rejects.
   */
  add(scope: Scope): Promise<void> {
    const waiting = this.#waiting
    if (waiting !== undefined) {
      waiting.scope = wider(waiting.scope, scope)
      return waiting.ended
    }
    if (this.current === undefined) return this.#startNow(scope)
    const added: WaitingRun = { scope, ended: Promise.resolve() }
    this.#waiting = added
    added.ended = this.current.ended.then(() => {
      if (this.#waiting !== added) return undefined
      this.#waiting = undefined
      return this.#startNow(added.scope)
    })
    return added.ended
  }

  /** Removes the run that has not started. Its promise resolves with the current run. */
  clear(): void {
    this.#waiting = undefined
  }

  #startNow(scope: Scope): Promise<void> {
    const ended = this.#start(scope).finally(() => (this.current = undefined))
    this.current = { ended, isBlocking: false }
    return ended
  }
}

function wider(a: Scope, b: Scope): Scope {
  return scopes.indexOf(a) > scopes.indexOf(b) ? a : b
}
