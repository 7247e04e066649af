import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startPrometheus } from '../support/prometheus-server.js'
import { startPushgateway } from '../support/pushgateway-server.js'
import { startPythonParser } from '../support/python-openmetrics.js'
import { decodeProtobuf, joined } from '../support/decode-protobuf.js'
import { parseExposition } from '../support/parse-exposition.js'
import { flatten } from './flatten-protobuf.js'
import { differences, parseNumber, type FlatSample } from './samples.js'
import { debianProgram } from '@tidegauge/testkit'

export type DocumentFormat = 'text' | 'openmetrics' | 'protobuf'

/** The answer to a scrape. */
export interface Document {
  readonly format: DocumentFormat
  readonly contentType: string
  readonly body: Uint8Array
}

/** A program or parser that reads documents. */
export interface Receiver {
  readonly name: string
  readonly formats: readonly DocumentFormat[]
  /** The problems that it finds; empty when it accepts the document and has every value. */
  check(document: Document, expected: readonly FlatSample[]): Promise<string[]>
  stop(): Promise<void>
}

const textOf = (document: Document) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(document.body)

/** Starts all receivers. Rejects when one cannot be started. */
export async function startReceivers(): Promise<Receiver[]> {
  return Promise.all([ownParser(), promtool(), prometheus(), pushgateway(), python()])
}

async function ownParser(): Promise<Receiver> {
  return {
    name: 'own parser',
    formats: ['text', 'openmetrics', 'protobuf'],
    check: async (document, expected) => {
      try {
        const { format } = document
        const samples =
          format === 'protobuf'
            ? flatten(joined(await decodeProtobuf(document.body)))
            : parseExposition(textOf(document), format).flatMap((family) => family.samples)
        return differences(expected, samples)
      } catch (thrown) {
        return [`refused: ${(thrown as Error).message}`]
      }
    },
    stop: async () => {},
  }
}

async function promtool(): Promise<Receiver> {
  const program = await debianProgram('promtool', 'prometheus')
  return {
    name: 'promtool',
    formats: ['text'],
    check: ({ body }) =>
      new Promise((resolve) => {
        const child = execFile(program, ['check', 'metrics'], (error, stdout, stderr) => {
          const lines = `${stdout}${stderr}`.split('\n')
          // advice on names is tested elsewhere; parse errors and repeated series are problems
          resolve(
            error === null ? [] : lines.filter((line) => /error|duplicate|collected before/i.test(line)),
          )
        })
        child.stdin!.on('error', () => {})
        child.stdin!.end(body)
      }),
    stop: async () => {},
  }
}

async function prometheus(): Promise<Receiver> {
  let current: Document | undefined
  const target = createServer((_, response) => {
    response.setHeader('content-type', current!.contentType)
    response.end(current!.body)
  })
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
  const { port } = target.address() as AddressInfo
  current = { format: 'text', contentType: 'text/plain; version=0.0.4', body: new Uint8Array() }
  const server = await startPrometheus({
    target: `127.0.0.1:${port}`,
    intervalMs: 200,
    features: ['native-histograms'],
  })
  return {
    name: 'Prometheus',
    formats: ['text', 'openmetrics', 'protobuf'],
    check: async (document, expected) => {
      current = document
      const { lastError, samples } = await server.scrapedSamples()
      // without what Prometheus adds about the scrape itself
      const stored = samples.filter(({ name }) => name !== 'up' && !name.startsWith('scrape_'))
      return lastError === '' ? differences(expected, stored) : [`refused: ${lastError}`]
    },
    stop: async () => {
      await server.stop()
      target.close()
    },
  }
}

async function pushgateway(): Promise<Receiver> {
  const gateway = await startPushgateway()
  return {
    name: 'Pushgateway',
    formats: ['text', 'protobuf'],
    check: async (document, expected) => {
      const { status, text } = await gateway.push(document.body, document.contentType)
      if (status !== 200 && status !== 202) return [`refused: ${text.trim()}`]
      const held = parseExposition(await gateway.held(), 'text').flatMap((family) => family.samples)
      const pushed = held
        .filter(({ labels }) => labels['job'] === 'pushed')
        .map(({ name, labels: { job: _job, instance: _instance, ...labels }, value }) => ({
          name,
          labels,
          value,
        }))
        .filter(({ name }) => !name.startsWith('push_'))
      return differences(expected, pushed)
    },
    stop: () => gateway.stop(),
  }
}

async function python(): Promise<Receiver> {
  const parser = await startPythonParser()
  return {
    name: 'Python parser',
    formats: ['openmetrics'],
    check: async (document, expected) => {
      const answer = await parser.parse(textOf(document))
      if ('refused' in answer) return [`refused: ${answer.refused}`]
      const samples = answer.families.flatMap((family) =>
        family.samples.map(([name, labels, value]) => ({ name, labels, value: parseNumber(value) })),
      )
      return differences(expected, samples)
    },
    stop: () => parser.stop(),
  }
}
