import { isThenable } from './safe-get.js'

/** Learns how a call ended: at once, or when its promise settled. */
export interface CallObserver {
  /** The call returned, or its promise was fulfilled with, `value`. */
  returned(value: unknown): void
  /** The call threw, or its promise was rejected with, `error`. */
  failed(error: unknown): void
}

/**
 * Makes a call and reports how it ended. Returns or throws what the call does.
 *
 * A promise is replaced by one that settles in the same way after the observer was called, so that a rejection
 * that nobody handles still shows. The observer must not throw.
 */
export function observeCall(call: () => unknown, observer: CallObserver): unknown {
  let result: unknown
  try {
    result = call()
  } catch (error) {
    observer.failed(error)
    throw error
  }
  if (!isThenable(result)) {
    observer.returned(result)
    return result
  }
  return result.then(
    (value) => {
      observer.returned(value)
      return value
    },
    (error: unknown) => {
      observer.failed(error)
      throw error
    },
  )
}
