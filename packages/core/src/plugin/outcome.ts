import { isThenable } from './foreign.js'

/** Hears how a call ended. */
export interface OutcomeListener {
  kept(value: unknown): void
  broken(): void
}

/**
 * Lets somebody hear how a call ends, at once or later. Returns or throws what the call does; a promise is one that
 * settles in the same way after the listener has heard it, so that a rejection that nobody handles still shows.
 */
export function hearOutcome(call: () => unknown, listener: OutcomeListener): unknown {
  let result: unknown
  try {
    result = call()
  } catch (thrown) {
    listener.broken()
    throw thrown
  }
  if (!isThenable(result)) {
    listener.kept(result)
    return result
  }
  return result.then(
    (value) => {
      listener.kept(value)
      return value
    },
    (thrown: unknown) => {
      listener.broken()
      throw thrown
    },
  )
}
