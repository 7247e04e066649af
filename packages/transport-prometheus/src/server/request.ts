import type { IncomingMessage } from 'node:http'

/** What this endpoint reads of a request. */
export interface ParsedRequest {
  readonly path: string
  /** Values of `name[]`, if any. */
  readonly names: ReadonlySet<string> | undefined
  /** Values of `plugin[]`, if any. */
  readonly plugins: ReadonlySet<string> | undefined
}

// Source: RFC 9112, section 3.2: origin form, or absolute form whose authority is of no interest here.
const target = /^(?:https?:\/\/[^/?#]*)?(\/[^?#]*)(?:\?([^#]*))?$/i

/** Reads a request target, or returns undefined for one that makes no sense. Never throws. */
export function parseRequest({ url = '' }: Pick<IncomingMessage, 'url'>): ParsedRequest | undefined {
  const match = target.exec(url)
  if (match === null) return undefined
  const query = new URLSearchParams(match[2] ?? '')
  return { path: match[1], names: list(query, 'name[]'), plugins: list(query, 'plugin[]') }
}

/** Prometheus gives up after this header's seconds: we must be done somewhat earlier. */
const MARGIN_MS = 500

/** How long a scrape may collect, in milliseconds; undefined when the scraper tells no time. */
export function collectBudgetMs(header: string | string[] | undefined): number | undefined {
  const seconds = Number(header)
  if (header === undefined || !Number.isFinite(seconds) || seconds <= 0) return undefined
  return Math.max((seconds * 1000) / 2, seconds * 1000 - MARGIN_MS)
}

function list(query: URLSearchParams, name: string): ReadonlySet<string> | undefined {
  const values = query.getAll(name)
  return values.length === 0 ? undefined : new Set(values)
}
