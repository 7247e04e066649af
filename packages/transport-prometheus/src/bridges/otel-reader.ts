import { CUMULATIVE, DELTA, type OtelMetricProducer } from './otel-metrics.js'

/**
 * A metric reader for `new MeterProvider({ readers: [reader] })`. It is made after the SDK's `IMetricReader` without
 * its classes, and collects only when the plugin asks.
 */
export interface OtelReader {
  setMetricProducer(producer: OtelMetricProducer): void
  /** The SDK's default for each instrument; views decide otherwise. */
  selectAggregation(): { type: 0 }
  /** Cumulative, but for observable gauges: the SDK would tell one that is no longer observed for ever. */
  selectAggregationTemporality(instrumentType: string): 0 | 1
  selectCardinalityLimit(): number
  /** `never` fits the collection type of any version of the SDK. */
  collect(options?: { timeoutMillis?: number }): Promise<never>
  shutdown(): Promise<void>
  forceFlush(): Promise<void>
}

/** The reader, and what it is bound to. */
export interface ReaderBinding {
  readonly reader: OtelReader
  /** Undefined before a MeterProvider has taken the reader, and after its shutdown. */
  readonly producer: OtelMetricProducer | undefined
  readonly isShutDown: boolean
}

/** `seriesLimit` is how many attribute sets the SDK keeps for an instrument. */
export function createReader(seriesLimit: number): ReaderBinding {
  let producer: OtelMetricProducer | undefined
  let isShutDown = false
  const bound = () => {
    if (producer !== undefined && !isShutDown) return producer
    throw new Error('the reader is not bound to a MeterProvider, or was shut down with it')
  }
  const reader: OtelReader = {
    setMetricProducer(given) {
      if (producer !== undefined)
        throw new Error('the reader is bound to a MeterProvider already; make another one')
      producer = given
    },
    selectAggregation: () => ({ type: 0 }),
    selectAggregationTemporality: (type) => (type === 'OBSERVABLE_GAUGE' ? DELTA : CUMULATIVE),
    selectCardinalityLimit: () => seriesLimit,
    collect: async (options) => (await bound().collect(options)) as unknown as never,
    async shutdown() {
      isShutDown = true
    },
    async forceFlush() {},
  }
  return {
    reader,
    get producer() {
      return isShutDown ? undefined : producer
    },
    get isShutDown() {
      return isShutDown
    },
  }
}
