import type { IncomingMessage } from 'node:http'

/** What is used of a request's target. */
export interface ParsedRequest {
  readonly path: string
  /** Values of `name[]`, if any. */
  readonly names: ReadonlySet<string> | undefined
  /** Values of `plugin[]`, if any. */
  readonly plugins: ReadonlySet<string> | undefined
}

// Source: RFC 9112, section 3.2: origin form, or absolute form, whose authority is ignored.
const target = /^(?:https?:\/\/[^/?#]*)?(\/[^?#]*)(?:\?([^#]*))?$/i

/** Parses a request's target; undefined when it is invalid. Never throws. */
export function parseRequest({ url = '' }: Pick<IncomingMessage, 'url'>): ParsedRequest | undefined {
  const match = target.exec(url)
  if (match === null) return undefined
  const query = new URLSearchParams(match[2] ?? '')
  return { path: match[1], names: list(query, 'name[]'), plugins: list(query, 'plugin[]') }
}

/** Where Express and Connect have mounted the handler that gets this request; empty for other servers. */
export function mountPath(request: IncomingMessage): string {
  const { baseUrl } = request as { baseUrl?: unknown }
  return typeof baseUrl === 'string' ? baseUrl : ''
}

/** What relative links on the page at `/` start with: a mounted page may be asked for without its last slash. */
export function relativeBase(request: IncomingMessage): string {
  const { originalUrl } = request as { originalUrl?: unknown }
  const mount = mountPath(request)
  if (mount === '' || typeof originalUrl !== 'string' || /^[^?#]*\/(?:[?#]|$)/.test(originalUrl)) return './'
  return `./${mount.slice(mount.lastIndexOf('/') + 1)}/`
}

/** Prometheus stops waiting after the seconds in its header, so the answer must be sent earlier. */
const MARGIN_MS = 500

/**
 * How long a scrape may collect, in milliseconds, by its header `X-Prometheus-Scrape-Timeout-Seconds`; undefined
 * without a valid one.
 */
export function collectTimeoutMs(header: string | string[] | undefined): number | undefined {
  const seconds = Number(header)
  if (header === undefined || !Number.isFinite(seconds) || seconds <= 0) return undefined
  return Math.max((seconds * 1000) / 2, seconds * 1000 - MARGIN_MS)
}

function list(query: URLSearchParams, name: string): ReadonlySet<string> | undefined {
  const values = query.getAll(name)
  return values.length === 0 ? undefined : new Set(values)
}
