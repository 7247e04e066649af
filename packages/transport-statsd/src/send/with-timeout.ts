/**
 * The promise's result, or a rejection with `timeoutError()` after so many milliseconds of real time: sockets do not
 * use the host's clock. The timer does not keep the process alive. A later result is ignored.
 */
export function withTimeout<T>(
  timeoutMs: number,
  promise: Promise<T>,
  timeoutError: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(timeoutError()), timeoutMs).unref()
    const end = () => clearTimeout(timer)
    promise.then(
      (value) => (end(), resolve(value)),
      (thrown: unknown) => (end(), reject(thrown as Error)),
    )
  })
}
