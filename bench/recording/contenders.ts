import { defineInstruments } from '@tidegauge/core'
import { tidegaugeHandles } from './handles.ts'
import { bounds, directions, durations, labelSets, type CaseName, type Contender } from './workload.ts'

type Calls = Partial<Record<CaseName, (i: number) => void>>
const count = labelSets.length
const labels = (i: number) => labelSets[i % count]
const fresh = (i: number) => ({
  protocol: labelSets[i % count].protocol,
  direction: labelSets[i % count].direction,
})
const seconds = (i: number) => durations[i & 1023]

const table = defineInstruments({
  plain: { kind: 'counter', name: 'plain_total', help: 'h' },
  counter: {
    kind: 'counter',
    name: 'labelled_total',
    help: 'h',
    labels: { protocol: {}, direction: directions },
  },
  gauge: { kind: 'gauge', name: 'level', help: 'h', labels: { protocol: {}, direction: directions } },
  plainHistogram: { kind: 'histogram', name: 'plain_seconds', help: 'h', bounds },
  histogram: {
    kind: 'histogram',
    name: 'seconds',
    help: 'h',
    bounds,
    labels: { protocol: {}, direction: directions },
  },
  exponential: { kind: 'exponential_histogram', name: 'exponential_seconds', help: 'h' },
  summary: { kind: 'summary', name: 'summary_seconds', help: 'h' },
})

const tidegauge = async (): Promise<Calls> => {
  const { plain, counter, gauge, plainHistogram, histogram, exponential, summary } =
    await tidegaugeHandles(table)
  const boundCounter = counter.labels(labels(3))
  const boundGauge = gauge.labels(labels(3))
  const boundHistogram = histogram.labels(labels(3))
  return {
    'counter, no labels': () => plain.inc(),
    'counter, 2 labels given each time': (i) => counter.inc(labels(i)),
    'counter, 2 labels, fresh object each time': (i) => counter.inc(fresh(i)),
    'counter, bound series': () => boundCounter.inc(),
    'gauge set, 2 labels': (i) => gauge.set(labels(i), i),
    'gauge set, bound series': (i) => boundGauge.set(i),
    'histogram, no labels, 10 bounds': (i) => plainHistogram.observe(seconds(i)),
    'histogram, 2 labels': (i) => histogram.observe(labels(i), seconds(i)),
    'histogram, bound series': (i) => boundHistogram.observe(seconds(i)),
    'exponential histogram': (i) => exponential.observe(seconds(i)),
    'summary (sliding window of 5)': (i) => summary.observe(seconds(i)),
  }
}

/** prom-client and its successor share their API. */
const promLike = (name: 'prom-client' | '@prometheus-io/client') => async (): Promise<Calls> => {
  const { default: client } = (await import(name)) as { default: typeof import('prom-client') }
  const labelNames = ['protocol', 'direction']
  const help = 'h'
  const plain = new client.Counter({ name: 'plain_total', help })
  const counter = new client.Counter({ name: 'labelled_total', help, labelNames })
  const gauge = new client.Gauge({ name: 'level', help, labelNames })
  const plainHistogram = new client.Histogram({ name: 'plain_seconds', help, buckets: bounds })
  const histogram = new client.Histogram({ name: 'seconds', help, labelNames, buckets: bounds })
  const summary = new client.Summary({ name: 'summary_seconds', help, maxAgeSeconds: 600, ageBuckets: 5 })
  const boundCounter = counter.labels(labels(3))
  const boundGauge = gauge.labels(labels(3))
  const boundHistogram = histogram.labels(labels(3))
  return {
    'counter, no labels': () => plain.inc(),
    'counter, 2 labels given each time': (i) => counter.inc(labels(i)),
    'counter, 2 labels, fresh object each time': (i) => counter.inc(fresh(i)),
    'counter, bound series': () => boundCounter.inc(),
    'gauge set, 2 labels': (i) => gauge.set(labels(i), i),
    'gauge set, bound series': (i) => boundGauge.set(i),
    'histogram, no labels, 10 bounds': (i) => plainHistogram.observe(seconds(i)),
    'histogram, 2 labels': (i) => histogram.observe(labels(i), seconds(i)),
    'histogram, bound series': (i) => boundHistogram.observe(seconds(i)),
    'summary (sliding window of 5)': (i) => summary.observe(seconds(i)),
  }
}

const otel = async (): Promise<Calls> => {
  const { MeterProvider, AggregationType } = await import('@opentelemetry/sdk-metrics')
  const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
  const meter = new MeterProvider({
    readers: [new PrometheusExporter({ preventServerStart: true })],
    views: [
      { instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
      {
        instrumentName: '*seconds',
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: bounds } },
      },
    ],
  }).getMeter('bench')
  const plain = meter.createCounter('plain')
  const counter = meter.createCounter('labelled')
  const gauge = meter.createGauge('level')
  const plainHistogram = meter.createHistogram('plain_seconds')
  const histogram = meter.createHistogram('labelled_seconds')
  const exponential = meter.createHistogram('exponential')
  return {
    'counter, no labels': () => plain.add(1),
    'counter, 2 labels given each time': (i) => counter.add(1, labels(i)),
    'counter, 2 labels, fresh object each time': (i) => counter.add(1, fresh(i)),
    'gauge set, 2 labels': (i) => gauge.record(i, labels(i)),
    'histogram, no labels, 10 bounds': (i) => plainHistogram.record(seconds(i)),
    'histogram, 2 labels': (i) => histogram.record(seconds(i), labels(i)),
    'exponential histogram': (i) => exponential.record(seconds(i)),
  }
}

/** The least that plain JavaScript needs for the same work, with no checks at all. */
const limit = async (): Promise<Calls> => {
  const cells = new Float64Array(64)
  const slots = new Map(labelSets.map(({ protocol }) => [protocol, new Map<string, number>()]))
  labelSets.forEach(({ protocol, direction }, i) => slots.get(protocol)!.set(direction, i))
  const slotOf = (l: { protocol: string; direction: string }) => slots.get(l.protocol)!.get(l.direction)!
  const buckets = new Float64Array(16 * count)
  const observe = (at: number, value: number) => {
    let i = 0
    while (i < bounds.length && value > bounds[i]) i++
    buckets[at + i] += 1
    buckets[at + 11] += value
  }
  const sketch = new Float64Array(4096)
  const log = (value: number) => (sketch[2048 + Math.ceil(Math.log2(value) * 32)] += 1)
  return {
    'counter, no labels': () => void (cells[0] += 1),
    'counter, 2 labels given each time': (i) => void (cells[slotOf(labels(i))] += 1),
    'counter, 2 labels, fresh object each time': (i) => void (cells[slotOf(fresh(i))] += 1),
    'counter, bound series': () => void (cells[3] += 1),
    'gauge set, 2 labels': (i) => void (cells[slotOf(labels(i))] = i),
    'gauge set, bound series': (i) => void (cells[3] = i),
    'histogram, no labels, 10 bounds': (i) => observe(0, seconds(i)),
    'histogram, 2 labels': (i) => observe(slotOf(labels(i)) * 16, seconds(i)),
    'histogram, bound series': (i) => observe(48, seconds(i)),
    'exponential histogram': (i) => void log(seconds(i)),
    'summary (sliding window of 5)': (i) => void log(seconds(i)),
  }
}

export const contenders = {
  tidegauge,
  '@prometheus-io/client': promLike('@prometheus-io/client'),
  'prom-client': promLike('prom-client'),
  opentelemetry: otel,
  limit,
} satisfies Record<string, () => Promise<Calls>>
export type { Contender }
