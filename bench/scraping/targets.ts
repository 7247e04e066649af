import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTidegauge, definePlugin, type TransportContext } from '@tidegauge/core'
import { prometheus } from '@tidegauge/transport-prometheus'
import { ByteWriter } from '../../packages/transport-prometheus/dist/encode/byte-writer.js'
import { encodeProtobuf } from '../../packages/transport-prometheus/dist/encode/protobuf/encode.js'
import { ProtoWriter } from '../../packages/transport-prometheus/dist/encode/protobuf/proto-writer.js'
import { encodeText } from '../../packages/transport-prometheus/dist/encode/text.js'
import {
  bounds,
  histogramName,
  labelNames,
  labelsOf,
  metricName,
  type Kind,
  type Labels,
  type Target,
} from './workload.ts'

const value = (kind: Kind, i: number, round: number) =>
  kind === 'counters' ? (i % 1000) + round : (i % 1000) * 0.37123 + round / 3

async function tidegauge(kind: Kind, count: number, perPeer: number): Promise<Target> {
  let context!: TransportContext
  const labels = { peer: {}, protocol: {}, direction: ['inbound', 'outbound'] } as const
  const instrument =
    kind === 'histograms'
      ? ({
          kind: 'histogram',
          name: histogramName,
          help: 'h',
          bounds,
          labels,
          seriesLimit: 10_000_000,
        } as const)
      : kind === 'exponential histograms'
        ? ({
            kind: 'exponential_histogram',
            name: histogramName,
            help: 'h',
            labels,
            seriesLimit: 10_000_000,
          } as const)
        : ({ kind: 'counter', name: metricName, help: 'h', labels, seriesLimit: 10_000_000 } as const)
  let handle!: any
  const plugin = definePlugin({
    name: 'bench',
    version: '0.0.0',
    apiLevel: 1,
    instruments: { instrument },
    start: (plugin) => void (handle = plugin.instruments.instrument),
  })
  const transport = prometheus({ port: 0 })
  const host = createTidegauge({ selfMetrics: 'off' })
    .use(plugin, { intervalMs: 0, maxAgeMs: 2 ** 31 })
    .export({ ...spy((c) => (context = c)) })
    .export(transport)
  await host.start()
  for (let i = 0; i < count; i++) record(handle, kind, labelsOf(i, perPeer), i, 0)
  return {
    touchAll: (round) => {
      for (let i = 0; i < count; i++) record(handle, kind, labelsOf(i, perPeer), i, round)
    },
    render: async (format) => {
      const buffer = new Uint8Array(144 * 1024)
      const writer = format === 'text' ? new ByteWriter(buffer) : new ProtoWriter(buffer)
      let bytes = 0
      const settings = { writer, chunkBytes: 128 * 1024 }
      const steps =
        writer instanceof ProtoWriter
          ? encodeProtobuf(context.read(), { ...settings, writer, form: 'native' })
          : encodeText(context.read(), { ...settings, format: 'text' })
      for (const _ of steps) {
        bytes += writer.position
        writer.position = 0
      }
      return bytes + writer.position
    },
    listen: async () => ({ url: transport.url!, close: () => host.stop() }),
  }
}

function record(handle: any, kind: Kind, labels: Labels, i: number, round: number): void {
  if (kind.endsWith('histograms')) handle.observe(labels, value(kind, i, round) / 100)
  else handle.inc(labels, value(kind, i, round))
}

function spy(take: (context: TransportContext) => void) {
  return { name: 'spy', version: '0.0.0', apiLevel: 1, start: (context: TransportContext) => take(context) }
}

const promLike =
  (name: 'prom-client' | '@prometheus-io/client') =>
  async (kind: Kind, count: number, perPeer: number): Promise<Target> => {
    const { default: client } = (await import(name)) as { default: typeof import('prom-client') }
    const metric: any = kind.endsWith('histograms')
      ? new client.Histogram({ name: histogramName, help: 'h', labelNames, buckets: bounds })
      : new client.Counter({ name: metricName, help: 'h', labelNames })
    for (let i = 0; i < count; i++) record(metric, kind, labelsOf(i, perPeer), i, 0)
    return {
      touchAll: (round) => {
        for (let i = 0; i < count; i++) record(metric, kind, labelsOf(i, perPeer), i, round)
      },
      render: async () => (await client.register.metrics()).length,
      listen: () => serve(async (_, response) => void response.end(await client.register.metrics())),
    }
  }

async function otel(kind: Kind, count: number, perPeer: number): Promise<Target> {
  const { MeterProvider } = await import('@opentelemetry/sdk-metrics')
  const { PrometheusExporter, PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus')
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const views = [{ instrumentName: '*', aggregationCardinalityLimit: 10_000_000 }]
  const meter = new MeterProvider({ readers: [exporter], views }).getMeter('bench')
  const options = { advice: { explicitBucketBoundaries: bounds } }
  const counter = kind.endsWith('histograms') ? undefined : meter.createCounter(metricName)
  const histogram = kind.endsWith('histograms') ? meter.createHistogram(histogramName, options) : undefined
  const touchAll = (round: number) => {
    for (let i = 0; i < count; i++) {
      if (histogram) histogram.record(value(kind, i, round) / 100, { ...labelsOf(i, perPeer) })
      else counter!.add(value(kind, i, round), { ...labelsOf(i, perPeer) })
    }
  }
  touchAll(0)
  return {
    touchAll,
    render: async () => {
      const { resourceMetrics } = await exporter.collect()
      return new PrometheusSerializer().serialize(resourceMetrics).length
    },
    listen: () => serve((request, response) => exporter.getMetricsRequestHandler(request, response)),
  }
}

/** The least that plain JavaScript needs: a ready prefix for each series, copied, and digits written by hand. */
async function limit(kind: Kind, count: number, perPeer: number): Promise<Target> {
  const encoder = new TextEncoder()
  const lines = Array.from({ length: count }, (_, i) => {
    const { peer, protocol, direction } = labelsOf(i, perPeer)
    return `${metricName}{peer="${peer}",protocol="${protocol}",direction="${direction}"} `
  })
  const arena = encoder.encode(lines.join(''))
  const starts = new Float64Array(count + 1)
  lines.forEach((line, i) => (starts[i + 1] = starts[i] + line.length))
  const values = Float64Array.from({ length: count }, (_, i) => value(kind, i, 0))
  const out = new Uint8Array(144 * 1024)
  return {
    touchAll: (round) => {
      for (let i = 0; i < count; i++) values[i] += value(kind, i, round)
    },
    render: async () => {
      let bytes = 0
      let at = 0
      for (let i = 0; i < count; i++) {
        for (let from = starts[i], to = starts[i + 1]; from < to; from++) out[at++] = arena[from]!
        const text = String(values[i])
        for (let k = 0; k < text.length; k++) out[at++] = text.charCodeAt(k)
        out[at++] = 10
        if (at > 128 * 1024) {
          bytes += at
          at = 0
        }
      }
      return bytes + at
    },
    listen: () => serve((_, response) => void response.end(arena)),
  }
}

async function serve(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => (server.close(() => resolve()), server.closeAllConnections()))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`, close }
}

export const targets = {
  tidegauge,
  '@prometheus-io/client': promLike('@prometheus-io/client'),
  'prom-client': promLike('prom-client'),
  opentelemetry: otel,
  limit,
}
