import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Page } from './pages.js'

/** Sends a page; to HEAD only its headers. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  { status, contentType, body }: Page,
): void {
  response.statusCode = status
  response.setHeader('Content-Type', contentType)
  response.setHeader('Content-Length', Buffer.byteLength(body))
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.end(request.method === 'HEAD' ? undefined : body)
}
