import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FamilyView, TransportContext } from '@tidegauge/core'
import { ByteWriter } from '../encode/byte-writer.js'
import { encodeJson } from '../encode/json.js'
import { encodeProtobuf } from '../encode/protobuf/encode.js'
import type { HistogramForm } from '../encode/protobuf/metric-bodies.js'
import { ProtoWriter } from '../encode/protobuf/proto-writer.js'
import { encodeText } from '../encode/text.js'
import { acceptsGzip, negotiate, type Representation } from '../negotiate/accept.js'
import { CHUNK_BYTES, streamBody, type Encoding } from '../send/stream-body.js'
import type { PrometheusSettings } from '../options.js'
import { collectBudgetMs, type ParsedRequest } from './request.js'

/** Answers one scrape: collects what is old, then writes what the scraper may read. */
export async function serveMetrics(
  context: TransportContext,
  request: IncomingMessage,
  response: ServerResponse,
  { names, plugins }: ParsedRequest,
  { scrapeTimeoutMs, exponentialHistograms: form }: PrometheusSettings,
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
  return streamBody(response, acceptsGzip(headerText(request.headers['accept-encoding'])), (buffer) =>
    encodeAs(format, form, { families, buffer }),
  )
}

interface Exposed {
  readonly families: readonly FamilyView[]
  readonly buffer: Uint8Array<ArrayBuffer>
}

/** The encoder of a format, with the writer that it fills. */
function encodeAs(
  format: Representation['format'],
  form: HistogramForm,
  { families, buffer }: Exposed,
): Encoding {
  if (format === 'protobuf') {
    const writer = new ProtoWriter(buffer)
    return { writer, steps: encodeProtobuf(families, { writer, chunkBytes: CHUNK_BYTES, form }) }
  }
  const writer = new ByteWriter(buffer)
  const exposition = { writer, chunkBytes: CHUNK_BYTES }
  const steps =
    format === 'json' ? encodeJson(families, exposition) : encodeText(families, { ...exposition, format })
  return { writer, steps }
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
