import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TransportContext } from '@tidegauge/core'
import type { PrometheusSettings } from '../options.js'
import { serveMetrics } from './metrics-page.js'
import { alivePage, healthPage, landingPage, plain, readyPage, type Page } from './pages.js'
import { parseRequest, type ParsedRequest } from './request.js'

/**
 * Answers a request of node:http, or of a framework built on it.
 *
 * `next` is called for a path that is not ours, as Express has it; without it such a path gets 404.
 */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void

/** What a handler needs; `context` is undefined before the host's start and after its stop. */
export interface HandlerState {
  context: TransportContext | undefined
  readonly settings: PrometheusSettings
  /** Scrapes under way. */
  inFlight: number
}

export function createHandler(state: HandlerState): RequestHandler {
  return (request, response, next) => {
    const parsed = parseRequest(request)
    if (parsed === undefined)
      return send(request, response, plain(400, 'The request target makes no sense.\n'))
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      if (next !== undefined) return next()
      response.setHeader('Allow', 'GET, HEAD')
      return send(request, response, plain(405, 'Only GET and HEAD.\n'))
    }
    const { context, settings } = state
    if (parsed.path !== settings.path && !(parsed.path in pages)) {
      return next === undefined ? send(request, response, plain(404, 'No such page.\n')) : next()
    }
    if (context === undefined) return send(request, response, plain(503, 'The host is not running.\n'))
    if (parsed.path === settings.path) void scrape(state, context, request, response, parsed)
    else send(request, response, pages[parsed.path](context, settings.path))
  }
}

const pages: Readonly<Record<string, (context: TransportContext, path: string) => Page>> = Object.assign(
  Object.create(null),
  { '/': landingPage, '/health': healthPage, '/-/healthy': alivePage, '/-/ready': readyPage },
)

async function scrape(
  state: HandlerState,
  context: TransportContext,
  request: IncomingMessage,
  response: ServerResponse,
  parsed: ParsedRequest,
): Promise<void> {
  state.inFlight++
  try {
    const outcome = await serveMetrics(context, request, response, parsed, state.settings.scrapeTimeoutMs)
    state.inFlight--
    context.report({ outcome: outcome === 'sent' ? 'success' : 'aborted', queueSize: state.inFlight })
  } catch (error) {
    state.inFlight--
    context.report({ outcome: 'failure', error, queueSize: state.inFlight })
    // after the first byte only a broken connection tells the scraper that the body is not whole
    if (response.headersSent) response.destroy()
    else
      send(
        request,
        response,
        plain(500, 'The metrics could not be written; the log of the host tells why.\n'),
      )
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, contentType, body }: Page): void {
  response.statusCode = status
  response.setHeader('Content-Type', contentType)
  response.setHeader('Content-Length', Buffer.byteLength(body))
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.end(request.method === 'HEAD' ? undefined : body)
}
