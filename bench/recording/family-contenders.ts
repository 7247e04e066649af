import { tidegaugeHandles } from './handles.ts'
import {
  cachedLabels,
  callsOfFamilies,
  freshLabels,
  type FamilyCalls,
  type FamilyLabels,
} from './families.ts'
import { bounds, durations } from './workload.ts'

const help = 'h'
const seconds = (i: number) => durations[i & 1023]

const tidegauge = (): Promise<FamilyCalls> =>
  callsOfFamilies(async (family) => {
    const { services, methods } = family
    const labels = { service: {}, method: {} }
    const seriesLimit = family.labelSets.length
    const { open, closed, gauge, histogram } = await tidegaugeHandles({
      open: { kind: 'counter', name: 'open_total', help, labels, seriesLimit },
      closed: { kind: 'counter', name: 'closed_total', help, labels: { service: services, method: methods } },
      gauge: { kind: 'gauge', name: 'level', help, labels, seriesLimit },
      histogram: { kind: 'histogram', name: 'seconds', help, labels, bounds, seriesLimit },
    })
    return {
      'counter, open labels, cached': (i) => open.inc(cachedLabels(family, i)),
      'counter, open labels, fresh': (i) => open.inc(freshLabels(family, i)),
      'counter, closed labels, cached': (i) => closed.inc(cachedLabels(family, i)),
      'counter, closed labels, fresh': (i) => closed.inc(freshLabels(family, i)),
      'gauge set, open labels, fresh': (i) => gauge.set(freshLabels(family, i), i),
      'histogram, open labels, fresh': (i) => histogram.observe(freshLabels(family, i), seconds(i)),
    }
  })

/** prom-client and its successor share their API, and know no closed labels: those cases are the open ones. */
const promLike = (name: 'prom-client' | '@prometheus-io/client') => async (): Promise<FamilyCalls> => {
  const { default: client } = (await import(name)) as { default: typeof import('prom-client') }
  return callsOfFamilies(async (family) => {
    const shared = { help, labelNames: ['service', 'method'], registers: [] }
    const counter = new client.Counter({ ...shared, name: 'open_total' })
    const gauge = new client.Gauge({ ...shared, name: 'level' })
    const histogram = new client.Histogram({ ...shared, name: 'seconds', buckets: bounds })
    const cached = (i: number) => counter.inc(cachedLabels(family, i))
    const fresh = (i: number) => counter.inc(freshLabels(family, i))
    return {
      'counter, open labels, cached': cached,
      'counter, open labels, fresh': fresh,
      'counter, closed labels, cached': cached,
      'counter, closed labels, fresh': fresh,
      'gauge set, open labels, fresh': (i) => gauge.set(freshLabels(family, i), i),
      'histogram, open labels, fresh': (i) => histogram.observe(freshLabels(family, i), seconds(i)),
    }
  })
}

const otel = async (): Promise<FamilyCalls> => {
  const { MeterProvider } = await import('@opentelemetry/sdk-metrics')
  const { PrometheusExporter } = await import('@opentelemetry/exporter-prometheus')
  return callsOfFamilies(async (family) => {
    const meter = new MeterProvider({
      readers: [new PrometheusExporter({ preventServerStart: true })],
      views: [{ instrumentName: '*', aggregationCardinalityLimit: family.labelSets.length + 2 }],
    }).getMeter('bench')
    const counter = meter.createCounter('open')
    const gauge = meter.createGauge('level')
    const histogram = meter.createHistogram('seconds', { advice: { explicitBucketBoundaries: bounds } })
    const cached = (i: number) => counter.add(1, cachedLabels(family, i))
    const fresh = (i: number) => counter.add(1, freshLabels(family, i))
    return {
      'counter, open labels, cached': cached,
      'counter, open labels, fresh': fresh,
      'counter, closed labels, cached': cached,
      'counter, closed labels, fresh': fresh,
      'gauge set, open labels, fresh': (i) => gauge.record(i, freshLabels(family, i)),
      'histogram, open labels, fresh': (i) => histogram.record(seconds(i), freshLabels(family, i)),
    }
  })
}

/** Maps by label value, one within another, and numbers in an array. */
const limit = (): Promise<FamilyCalls> =>
  callsOfFamilies(async (family) => {
    const { services, methods } = family
    const slots = new Map(
      services.map((service, i) => {
        const byMethod = new Map(methods.map((method, j) => [method, i * methods.length + j] as const))
        return [service, byMethod] as const
      }),
    )
    const slotOf = (labels: FamilyLabels) => slots.get(labels.service)!.get(labels.method)!
    const cells = new Float64Array(family.labelSets.length)
    const buckets = new Float64Array(family.labelSets.length * 12)
    const observe = (at: number, value: number) => {
      let i = 0
      while (i < bounds.length && value > bounds[i]) i++
      buckets[at + i] += 1
      buckets[at + 11] += value
    }
    const cached = (i: number) => void (cells[slotOf(cachedLabels(family, i))] += 1)
    const fresh = (i: number) => void (cells[slotOf(freshLabels(family, i))] += 1)
    return {
      'counter, open labels, cached': cached,
      'counter, open labels, fresh': fresh,
      'counter, closed labels, cached': cached,
      'counter, closed labels, fresh': fresh,
      'gauge set, open labels, fresh': (i) => void (cells[slotOf(freshLabels(family, i))] = i),
      'histogram, open labels, fresh': (i) => observe(slotOf(freshLabels(family, i)) * 12, seconds(i)),
    }
  })

/** The contenders' calls for families, by the names that the other cases have too. */
export const familyContenders = {
  tidegauge,
  '@prometheus-io/client': promLike('@prometheus-io/client'),
  'prom-client': promLike('prom-client'),
  opentelemetry: otel,
  limit,
} satisfies Record<string, () => Promise<FamilyCalls>>
