/** Node.js takes no longer delay for a timer. */
const LONG_MS = 2 ** 31 - 1

/**
 * Keeps the process alive until the promise settles, and returns it. The host's own timers do not: a process whose
 * work is done may end, but not in the middle of a start, a flush or a stop that waits for something that hangs.
 */
export async function holdProcess<T>(promise: Promise<T>): Promise<T> {
  const hold = setTimeout(() => {}, LONG_MS)
  try {
    return await promise
  } finally {
    clearTimeout(hold)
  }
}
