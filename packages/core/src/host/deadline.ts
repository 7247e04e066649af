import type { Clock } from '../clock.js'

/** How a call ended that was given a limited time. */
export type CallResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly thrown: unknown } | 'late'

/**
 * Calls and waits, but not for longer than `timeoutMs`.
 *
 * Never rejects. What a call does after its time is ignored, a late rejection too.
 * A call that returns no promise ends at once, without a turn of the event loop.
 */
export function callWithin<T>(
  clock: Clock,
  timeoutMs: number,
  call: () => T | Promise<T>,
): CallResult<T> | Promise<CallResult<T>> {
  let returned: T | Promise<T>
  try {
    returned = call()
  } catch (thrown) {
    return { ok: false, thrown }
  }
  if (!mayBeThenable(returned)) return { ok: true, value: returned as T }
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMs, () => resolve('late'))
    const end = (ending: CallResult<T>) => {
      cancel()
      resolve(ending)
    }
    // a thenable of theirs may throw, also when its `then` is read
    awaited(returned).then(
      (value) => end({ ok: true, value }),
      (thrown: unknown) => end({ ok: false, thrown }),
    )
  })
}

/** Resolves when the promise has, or when the time is over. Never rejects. */
export async function waitAtMost(clock: Clock, timeoutMs: number, promise: Promise<unknown>): Promise<void> {
  await callWithin(clock, timeoutMs, () => promise)
}

async function awaited<T>(returned: T | Promise<T>): Promise<T> {
  return await returned
}

function mayBeThenable(value: unknown): boolean {
  return (typeof value === 'object' || typeof value === 'function') && value !== null
}
