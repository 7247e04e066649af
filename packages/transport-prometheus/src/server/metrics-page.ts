import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TransportContext } from '@tidegauge/core'
import { encodeJson } from '../encode/json.js'
import { encodeText } from '../encode/text.js'
import { acceptsGzip, negotiate } from '../negotiate/accept.js'
import { CHUNK_BYTES, streamBody } from '../send/stream-body.js'
import { collectBudgetMs, type ParsedRequest } from './request.js'

/** Answers one scrape: collects what is old, then writes what the scraper may read. */
export async function serveMetrics(
  context: TransportContext,
  request: IncomingMessage,
  response: ServerResponse,
  { names, plugins }: ParsedRequest,
  scrapeTimeoutMs: number,
): Promise<'sent' | 'aborted'> {
  const { format, contentType } = negotiate(request.headers.accept)
  response.setHeader('Content-Type', contentType)
  response.setHeader('Vary', 'Accept, Accept-Encoding')
  response.setHeader('Cache-Control', 'no-store')
  if (request.method === 'HEAD') {
    response.end()
    return 'sent'
  }
  const budgetMs = collectBudgetMs(request.headers['x-prometheus-scrape-timeout-seconds']) ?? scrapeTimeoutMs
  await context.collect({ ...(plugins && { plugins }), deadlineMs: context.clock.monotonic() + budgetMs })
  const families = context.read({ ...(names && { names }), ...(plugins && { plugins }) })
  const { pool } = context
  return streamBody(response, acceptsGzip(headerText(request.headers['accept-encoding'])), (writer) =>
    format === 'json'
      ? encodeJson(families, { writer, pool, chunkBytes: CHUNK_BYTES })
      : encodeText(families, { writer, pool, format, chunkBytes: CHUNK_BYTES }),
  )
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
