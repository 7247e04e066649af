import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { constants, createGzip, gzip, type Gzip } from 'node:zlib'
import type { ByteWriter } from '../encode/byte-writer.js'
import { BufferRing } from './buffer-ring.js'

/** Bytes that are encoded before they are handed on. */
export const CHUNK_BYTES = 64 * 1024
const BUFFERS = 3
/** A scrape gives the event loop back after so long. */
const SLICE_MS = 2
/** Metrics shrink twentyfold at the fastest level; higher ones cost more than they save. */
const GZIP_LEVEL = constants.Z_BEST_SPEED
const GZIP_FROM_BYTES = 1_024

const compress = promisify(gzip)

/** How a body was sent: whole, or given up because the client went away. */
export type Delivery = 'sent' | 'aborted'

/** An encoder at work: each step fills the writer's buffer, the last one is done. */
export interface Encoding {
  readonly writer: ByteWriter
  readonly steps: Generator<void>
}

/**
 * Sends what an encoder writes, in slices, with as much memory as a few chunks.
 *
 * A body of one chunk goes with its length, a longer one in HTTP chunks, so that a cut one is never taken for
 * whole. Rejects when the encoder throws; the caller then breaks the connection.
 */
export async function streamBody(
  response: ServerResponse,
  useGzip: boolean,
  encode: (buffer: Uint8Array<ArrayBuffer>) => Encoding,
): Promise<Delivery> {
  const ring = new BufferRing(BUFFERS, CHUNK_BYTES + 16 * 1024)
  const { writer, steps: encoder } = encode(await ring.take())
  if (encoder.next().done) return sendWhole(response, useGzip, writer.written)
  response.once('close', () => ring.abandon())
  const sink = useGzip ? openGzip(response) : response
  let sliceFrom = performance.now()
  for (let done: boolean | undefined = false; ; done = encoder.next().done) {
    if (response.closed || response.destroyed) return 'aborted'
    if (done) return finish(response, sink, writer.written)
    const { written } = writer
    const full = new Uint8Array(written.buffer)
    sink.write(written, () => ring.give(full))
    writer.use(await ring.take())
    if (performance.now() - sliceFrom > SLICE_MS) {
      await nextTurn()
      sliceFrom = performance.now()
    }
  }
}

async function sendWhole(response: ServerResponse, useGzip: boolean, body: Uint8Array): Promise<Delivery> {
  const packed =
    useGzip && body.length >= GZIP_FROM_BYTES ? await compress(body, { level: GZIP_LEVEL }) : undefined
  if (packed !== undefined) response.setHeader('Content-Encoding', 'gzip')
  response.setHeader('Content-Length', (packed ?? body).length)
  return finish(response, response, packed ?? body)
}

function openGzip(response: ServerResponse): Gzip {
  response.setHeader('Content-Encoding', 'gzip')
  const packer = createGzip({ level: GZIP_LEVEL })
  packer.pipe(response)
  response.once('close', () => packer.destroy())
  return packer
}

function finish(response: ServerResponse, sink: ServerResponse | Gzip, rest: Uint8Array): Promise<Delivery> {
  return new Promise((resolve) => {
    response.once('finish', () => resolve('sent'))
    response.once('close', () => resolve(response.writableFinished ? 'sent' : 'aborted'))
    sink.end(rest)
  })
}
