import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FamilyView, TransportContext } from '@tidegauge/core'
import { ByteWriter } from '../encode/byte-writer.js'
import { encodeJson } from '../encode/json.js'
import { encodeProtobuf } from '../encode/protobuf/encode.js'
import { ProtoWriter } from '../encode/protobuf/proto-writer.js'
import { encodeText } from '../encode/text.js'
import { acceptsGzip, negotiate, type Representation } from '../negotiate/accept.js'
import type { PrometheusSettings } from '../options.js'
import { CHUNK_BYTES, streamBody, type Delivery, type Encoding } from '../send/stream-body.js'
import { collectTimeoutMs, type ParsedRequest } from './request.js'

/** Answers one scrape: collects old values, then writes the families that the scraper asked for. */
export async function serveMetrics(
  context: TransportContext,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { names, plugins }: ParsedRequest,
  settings: PrometheusSettings,
): Promise<Delivery> {
  const { format, contentType } = negotiate(request.headers.accept)
  response.setHeader('Content-Type', contentType)
  response.setHeader('Vary', 'Accept, Accept-Encoding')
  response.setHeader('Cache-Control', 'no-store')
  if (request.method === 'HEAD') {
    response.end()
    return 'sent'
  }
  const timeoutHeader = request.headers['x-prometheus-scrape-timeout-seconds']
  const timeoutMs = collectTimeoutMs(timeoutHeader) ?? settings.scrapeTimeoutMs
  await context.collect({ ...(plugins && { plugins }), deadlineMs: context.clock.monotonic() + timeoutMs })
  const families = context.read({ ...(names && { names }), ...(plugins && { plugins }) })
  const useGzip = acceptsGzip(headerText(request.headers['accept-encoding']))
  return streamBody(response, useGzip, (buffer) => startEncoding(families, buffer, format, settings))
}

/** Starts the encoder of a format. */
function startEncoding(
  families: readonly FamilyView[],
  buffer: Uint8Array<ArrayBuffer>,
  format: Representation['format'],
  { exponentialHistograms: form }: PrometheusSettings,
): Encoding {
  const chunkBytes = CHUNK_BYTES
  if (format === 'protobuf') {
    const writer = new ProtoWriter(buffer)
    return { writer, steps: encodeProtobuf(families, { writer, chunkBytes, form }) }
  }
  const writer = new ByteWriter(buffer)
  if (format === 'json') return { writer, steps: encodeJson(families, { writer, chunkBytes }) }
  return { writer, steps: encodeText(families, { writer, chunkBytes, format }) }
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
