import type { IncomingMessage, ServerResponse } from 'node:http'
import { describeThrown, type TransportContext } from '@tidegauge/core'
import type { PrometheusSettings } from '../options.js'
import type { Refusal } from '../security/refusal.js'
import { authenticates, checkRequest, type Security } from '../security/security.js'
import { breakConnection } from './break-connection.js'
import { observeClient } from './client-progress.js'
import type { HandlerPages } from './handler-pages.js'
import { serveMetrics } from './metrics-page.js'
import { findPage, plainPage, type Page, type WritePage } from './pages.js'
import { mountPath, parseRequest, relativeBase, type ParsedRequest } from './request.js'
import { startScrape, type Scrapes } from './scrapes.js'
import { sendPage } from './send-page.js'

/**
 * Answers a request of node:http, or of a framework that is built on it.
 *
 * For a path that is not one of ours it calls `next`, as in Express; without `next` such a path gets 404.
 */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void

/** What a handler needs. `context` and `security` are undefined while the host is not running. */
export interface HandlerState {
  context: TransportContext | undefined
  security: Security | undefined
  readonly settings: PrometheusSettings
  readonly scrapes: Scrapes
}

/** What a handler serves, and to whom. */
export interface HandlerOptions {
  readonly pages: HandlerPages
  /** Whether only this machine can reach it. */
  readonly isPrivate: boolean
}

/** What a request asks for. */
interface Asked {
  readonly parsed: ParsedRequest
  readonly page: 'metrics' | WritePage | undefined
  readonly isPrivate: boolean
}

/** One request and its answer. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Creates a handler of these pages. Whatever a page throws, the client gets an answer and the process lives. */
export function createHandler(state: HandlerState, options: HandlerOptions): RequestHandler {
  return (request, response, next) => {
    const exchange = { request, response }
    const parsed = parseRequest(request)
    const page =
      parsed && (servesMetrics(state, request, parsed) ? 'metrics' : otherPage(state, parsed, options.pages))
    if (next !== undefined && parsed !== undefined && !(page !== undefined && isRead(request))) return next()
    const accept = () => {
      if (parsed === undefined) send(state, exchange, plainPage(400, 'The request target is invalid.\n'))
      else answer(state, exchange, { parsed, page, isPrivate: options.isPrivate })
    }
    guard(state, exchange, () => protect(state, exchange, accept))
  }
}

/** Whether the request is for the metrics. A framework that mounts the handler at their path leaves `/`. */
function servesMetrics(
  { settings }: HandlerState,
  request: IncomingMessage,
  { path }: ParsedRequest,
): boolean {
  return path === settings.path || (path === '/' && mountPath(request) === settings.path)
}

/** Another page that is served now. The pages of an endpoint that does not run belong to the application. */
function otherPage(state: HandlerState, { path }: ParsedRequest, pages: HandlerPages): WritePage | undefined {
  return pages === 'all' && state.context !== undefined ? findPage(path) : undefined
}

/** Calls `action`. What it throws is logged, and answered with 500. */
function guard(state: HandlerState, exchange: Exchange, action: () => void): void {
  try {
    action()
  } catch (thrown) {
    state.context?.logger.error(`a page could not be written: ${describeThrown(thrown)}`)
    fail(exchange, 'The page could not be written; the log of the host says why.\n')
  }
}

/** Answers 500; after the first byte, only a broken connection shows the client that the body is incomplete. */
function fail({ request, response }: Exchange, body: string): void {
  if (response.headersSent) breakConnection(response)
  else sendPage(request, response, plainPage(500, body))
}

/** Calls `accept` for a request that is allowed, and answers any other. */
function protect(state: HandlerState, exchange: Exchange, accept: () => void): void {
  const { security, settings } = state
  const { request, response } = exchange
  if (settings.server === 'own' && request.rawHeaders.length > settings.limits.maxHeaders * 2)
    return send(state, exchange, plainPage(431, 'Too many headers.\n'))
  const finish = (refusal: Refusal | undefined) => {
    if (response.destroyed) return
    if (refusal === undefined) return accept()
    for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value)
    send(state, exchange, plainPage(refusal.status, refusal.body))
  }
  const refusal = security && checkRequest(security, request, response, settings.server)
  if (refusal instanceof Promise) void refusal.then((late) => guard(state, exchange, () => finish(late)))
  else finish(refusal)
}

function answer(state: HandlerState, exchange: Exchange, { parsed, page, isPrivate }: Asked): void {
  const { context, settings, security } = state
  if (!isRead(exchange.request)) {
    exchange.response.setHeader('Allow', 'GET, HEAD')
    return send(state, exchange, plainPage(405, 'Only GET and HEAD.\n'))
  }
  if (page === undefined) return send(state, exchange, plainPage(404, 'No such page.\n'))
  if (context === undefined) return send(state, exchange, plainPage(503, 'The host is not running.\n'))
  if (page === 'metrics') return void scrape(state, context, exchange, parsed)
  const linkBase = relativeBase(exchange.request)
  const showsErrors = isPrivate || (security !== undefined && authenticates(security, settings.server))
  const hasWebConfigProblem = security?.live.problem !== undefined
  send(
    state,
    exchange,
    page(context, { metricsPath: settings.path, linkBase, hasWebConfigProblem, showsErrors }),
  )
}

async function scrape(
  state: HandlerState,
  context: TransportContext,
  exchange: Exchange,
  parsed: ParsedRequest,
): Promise<void> {
  const { response } = exchange
  const { active } = state.scrapes
  const started = await startScrape(state.scrapes, response)
  if (started === undefined) return refuseScrape(state, exchange)
  try {
    const delivery = await serveMetrics(context, exchange, parsed, state.settings)
    active.delete(started)
    context.report({ outcome: delivery === 'sent' ? 'success' : 'aborted', queueSize: active.size })
  } catch (error) {
    active.delete(started)
    context.report({ outcome: 'failure', error, queueSize: active.size })
    fail(exchange, 'The metrics could not be written; the log of the host says why.\n')
  }
}

function refuseScrape(state: HandlerState, exchange: Exchange): void {
  const { response } = exchange
  if (response.destroyed) return
  response.setHeader('Retry-After', '1')
  response.setHeader('Connection', 'close')
  send(state, exchange, plainPage(503, 'Too many scrapes at once.\n'))
}

/** Sends a page. The client is observed, because it may send many requests and read no answer. */
function send({ settings }: HandlerState, { request, response }: Exchange, page: Page): void {
  observeClient(response, settings.limits.clientTimeoutMs)
  sendPage(request, response, page)
}

function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}
