/**
 * The promise's result, or a rejection with `late()` after so many milliseconds of real time: sockets don't go by a
 * host's clock. The promise may end later; nobody hears of it. What it waits for, a look-up or a connection, keeps the
 * process alive by itself, so the timer does not.
 */
export function withinTime<T>(timeoutMs: number, promise: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), timeoutMs).unref()
    const end = () => clearTimeout(timer)
    promise.then(
      (value) => (end(), resolve(value)),
      (thrown: unknown) => (end(), reject(thrown as Error)),
    )
  })
}
