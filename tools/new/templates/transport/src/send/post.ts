import { ExportError } from '@tidegauge/core'

// Replace this with your protocol's way of sending.

/**
 * Sends one body. Throws `EXPORT_FAILED` when the receiver cannot be reached or does not accept it, and
 * what `signal` was aborted with.
 */
export async function post(url: URL, body: string, signal: AbortSignal): Promise<void> {
  const response = await request(url, body, signal)
  await response.arrayBuffer()
  if (response.ok) return
  throw new ExportError(
    'EXPORT_FAILED',
    `${describeUrl(url)} answered with the status ${response.status}, expected 200 to 299`,
    { retryable: response.status === 429 || response.status >= 500 },
  )
}

/** The URL without its query, which may hold secrets. */
export function describeUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

async function request(url: URL, body: string, signal: AbortSignal): Promise<Response> {
  // closed after each push, so that nothing stays open between two of them
  const headers = { 'content-type': 'application/x-ndjson', connection: 'close' }
  try {
    return await fetch(url, { method: 'POST', body, headers, signal, redirect: 'error' })
  } catch (cause) {
    signal.throwIfAborted()
    throw new ExportError(
      'EXPORT_FAILED',
      `${describeUrl(url)} could not be reached; check that the receiver runs`,
      { retryable: true },
      cause,
    )
  }
}
