import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { constants, createGzip, gzip, type Gzip } from 'node:zlib'
import type { ByteWriter } from '../encode/byte-writer.js'
import { BufferRing } from './buffer-ring.js'

/** How many bytes are encoded before they are written to the socket. */
export const CHUNK_BYTES = 64 * 1024
const BUFFERS = 3
/** How long a scrape may hold the event loop. */
const SLICE_MS = 2
/** The fastest level makes metrics about twenty times smaller; higher levels cost more than they save. */
const GZIP_LEVEL = constants.Z_BEST_SPEED
const MIN_GZIP_BYTES = 1_024

const compress = promisify(gzip)

/** How a body was sent: completely, or aborted because the client closed the connection. */
export type Delivery = 'sent' | 'aborted'

/** An encoder and its writer: each step fills the writer's buffer. */
export interface Encoding {
  readonly writer: ByteWriter
  readonly steps: Generator<void>
}

/**
 * Sends what an encoder writes, in slices, with the memory of a few chunks.
 *
 * A body of one chunk is sent with its length, a longer one in HTTP chunks (to clients of HTTP/1.0 until the connection
 * closes), so that a client can detect a body that was cut off. Rejects when the encoder throws; the caller must then break the connection.
 */
export async function streamBody(
  response: ServerResponse,
  useGzip: boolean,
  encode: (buffer: Uint8Array<ArrayBuffer>) => Encoding,
): Promise<Delivery> {
  const ring = new BufferRing(BUFFERS, CHUNK_BYTES + 16 * 1024)
  const { writer, steps: encoder } = encode(await ring.take())
  if (encoder.next().done) return sendAtOnce(response, useGzip, writer.written)
  response.once('close', () => ring.abandon())
  const sink = useGzip ? openGzip(response) : response
  let sliceStartMs = performance.now()
  for (let done: boolean | undefined = false; ; done = encoder.next().done) {
    if (response.closed || response.destroyed) return 'aborted'
    if (done) return finish(response, sink, writer.written)
    const { written } = writer
    const full = new Uint8Array(written.buffer)
    sink.write(written, () => ring.give(full))
    writer.setBuffer(await ring.take())
    if (performance.now() - sliceStartMs > SLICE_MS) {
      await nextTurn()
      sliceStartMs = performance.now()
    }
  }
}

async function sendAtOnce(response: ServerResponse, useGzip: boolean, body: Uint8Array): Promise<Delivery> {
  const compressed =
    useGzip && body.length >= MIN_GZIP_BYTES ? await compress(body, { level: GZIP_LEVEL }) : undefined
  if (compressed !== undefined) response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('Content-Length', (compressed ?? body).length)
  return finish(response, response, compressed ?? body)
}

function openGzip(response: ServerResponse): Gzip {
  response.setHeader('Content-Encoding', 'gzip')
  const gzipStream = createGzip({ level: GZIP_LEVEL })
  gzipStream.pipe(response)
  response.once('close', () => gzipStream.destroy())
  return gzipStream
}

function finish(response: ServerResponse, sink: ServerResponse | Gzip, rest: Uint8Array): Promise<Delivery> {
  return new Promise((resolve) => {
    response.once('finish', () => resolve('sent'))
    response.once('close', () => resolve(response.writableFinished ? 'sent' : 'aborted'))
    sink.end(rest)
  })
}
