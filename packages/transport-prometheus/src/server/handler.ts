import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TransportContext } from '@tidegauge/core'
import type { PrometheusSettings } from '../options.js'
import { admit, type Refusal, type Security } from '../security/security.js'
import { serveMetrics } from './metrics-page.js'
import { alivePage, healthPage, landingPage, plain, readyPage, type Page } from './pages.js'
import { watchReader } from './reader-watch.js'
import { parseRequest, type ParsedRequest } from './request.js'
import { beginScrape, type Scrapes } from './scrapes.js'
import { sendPage } from './send-page.js'

/**
 * Answers a request of node:http, or of a framework built on it.
 *
 * `next` is called for a path that is not ours, as Express has it; without it such a path gets 404.
 */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void

/** What a handler needs; `context` is undefined before the host's start and after its stop. */
export interface HandlerState {
  context: TransportContext | undefined
  security: Security | undefined
  readonly settings: PrometheusSettings
  readonly scrapes: Scrapes
}

export function createHandler(state: HandlerState): RequestHandler {
  const { settings } = state
  return (request, response, next) => {
    const parsed = parseRequest(request)
    const isPage = parsed !== undefined && (parsed.path === settings.path || parsed.path in pages)
    if (next !== undefined && parsed !== undefined && !(isPage && isReading(request))) return next()
    guard(state, request, response, () => {
      if (parsed === undefined)
        send(state, request, response, plain(400, 'The request target makes no sense.\n'))
      else answer(state, request, response, parsed)
    })
  }
}

/** Lets a request pass that may read, and answers any other. */
function guard(
  state: HandlerState,
  request: IncomingMessage,
  response: ServerResponse,
  pass: () => void,
): void {
  const { security, settings } = state
  const isOwnServer = settings.server === 'own'
  if (isOwnServer && request.rawHeaders.length > settings.limits.maxHeaders * 2)
    return send(state, request, response, plain(431, 'Too many headers.\n'))
  const settle = (refusal: Refusal | undefined) => {
    if (response.destroyed) return
    if (refusal === undefined) return pass()
    for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value)
    send(state, request, response, plain(refusal.status, refusal.body))
  }
  const refusal = security && admit(security, request, response, isOwnServer)
  if (refusal instanceof Promise) void refusal.then(settle)
  else settle(refusal)
}

function answer(
  state: HandlerState,
  request: IncomingMessage,
  response: ServerResponse,
  parsed: ParsedRequest,
): void {
  const { context, settings } = state
  const show = (page: Page) => send(state, request, response, page)
  if (!isReading(request)) {
    response.setHeader('Allow', 'GET, HEAD')
    return show(plain(405, 'Only GET and HEAD.\n'))
  }
  if (parsed.path !== settings.path && !(parsed.path in pages)) return show(plain(404, 'No such page.\n'))
  if (context === undefined) return show(plain(503, 'The host is not running.\n'))
  if (parsed.path !== settings.path)
    return show(pages[parsed.path](context, settings.path, state.security?.live.problem !== undefined))
  void scrape(state, context, { request, response, parsed })
}

const pages: Readonly<
  Record<string, (context: TransportContext, path: string, hasProblem?: boolean) => Page>
> = Object.assign(Object.create(null), {
  '/': landingPage,
  '/health': healthPage,
  '/-/healthy': alivePage,
  '/-/ready': readyPage,
})

interface ScrapeRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly parsed: ParsedRequest
}

async function scrape(
  state: HandlerState,
  context: TransportContext,
  { request, response, parsed }: ScrapeRequest,
): Promise<void> {
  const { settings, scrapes } = state
  const place = await beginScrape(scrapes, response)
  if (place === undefined) return refuseScrape(state, request, response)
  const { underWay } = scrapes
  try {
    const outcome = await serveMetrics(context, request, response, parsed, settings)
    underWay.delete(place)
    context.report({ outcome: outcome === 'sent' ? 'success' : 'aborted', queueSize: underWay.size })
  } catch (error) {
    underWay.delete(place)
    context.report({ outcome: 'failure', error, queueSize: underWay.size })
    // after the first byte only a broken connection tells the scraper that the body is not whole
    if (response.headersSent) response.destroy()
    else {
      const page = plain(500, 'The metrics could not be written; the log of the host tells why.\n')
      sendPage(request, response, page)
    }
  }
}

function refuseScrape(state: HandlerState, request: IncomingMessage, response: ServerResponse): void {
  if (response.destroyed) return
  response.setHeader('Retry-After', '1')
  response.setHeader('Connection', 'close')
  send(state, request, response, plain(503, 'Too many scrapes at once.\n'))
}

/** Sends a page, also to a client that sends request after request and reads nothing. */
function send(
  { settings }: HandlerState,
  request: IncomingMessage,
  response: ServerResponse,
  page: Page,
): void {
  watchReader(response, settings.limits.clientTimeoutMs)
  sendPage(request, response, page)
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}
