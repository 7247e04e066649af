import { CUMULATIVE, DELTA, type OtelMetricProducer } from './otel-metrics.js'

/**
 * A metric reader for `new MeterProvider({ readers: [reader] })`. It implements the SDK's `IMetricReader` without its
 * classes, and collects only when the plugin asks for it.
 */
export interface OtelReader {
  setMetricProducer(producer: OtelMetricProducer): void
  /** The SDK's default for each instrument, unless a view says otherwise. */
  selectAggregation(): { type: 0 }
  /** Cumulative, except for observable gauges: the SDK would report one that is no longer observed for ever. */
  selectAggregationTemporality(instrumentType: string): 0 | 1
  selectCardinalityLimit(): number
  /** `never` fits the collection type of any version of the SDK. */
  collect(options?: { timeoutMillis?: number }): Promise<never>
  shutdown(): Promise<void>
  forceFlush(): Promise<void>
}

/** The reader, and the producer that it is bound to. */
export interface ReaderBinding {
  readonly reader: OtelReader
  /** Undefined before a MeterProvider has taken the reader, and after its shutdown. */
  readonly producer: OtelMetricProducer | undefined
  readonly isShutDown: boolean
}

/** Creates a reader. `seriesLimit` is how many attribute sets the SDK keeps for an instrument. */
export function createReader(seriesLimit: number): ReaderBinding {
  let producer: OtelMetricProducer | undefined
  let isShutDown = false
  const boundProducer = () => {
    if (producer !== undefined && !isShutDown) return producer
    throw new Error('the reader is not bound to a MeterProvider, or was shut down with it')
  }
  const reader: OtelReader = {
    setMetricProducer(given) {
      if (producer !== undefined)
        throw new Error('the reader is bound to a MeterProvider already; create another one')
      producer = given
    },
    selectAggregation: () => ({ type: 0 }),
    selectAggregationTemporality: (type) => (type === 'OBSERVABLE_GAUGE' ? DELTA : CUMULATIVE),
    selectCardinalityLimit: () => seriesLimit,
    collect: async (options) => (await boundProducer().collect(options)) as unknown as never,
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
