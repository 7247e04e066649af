/**
 * One sample of a metric of prom-client or @prometheus-io/client, as `getMetricsAsJSON()` gives it. The type is loose:
 * two libraries and several of their versions fit.
 */
export interface PromSample {
  readonly labels?: Readonly<Record<string, unknown>>
  readonly value: number
  /** A histogram's and a summary's samples have names with suffixes. */
  readonly metricName?: string | undefined
  readonly exemplar?: unknown
}

/** One metric as `getMetricsAsJSON()` gives it. */
export interface PromMetric {
  readonly name: string
  readonly help: string
  /** `counter`, `gauge`, `histogram` or `summary`. */
  readonly type: unknown
  readonly values?: readonly PromSample[]
}

/** What the bridge reads of a registry of prom-client or @prometheus-io/client. */
export interface PromRegistry {
  getMetricsAsJSON(): Promise<readonly PromMetric[]>
  /** Where it is there, it tells label names before their series come. */
  getMetricsAsArray?(): readonly object[]
  readonly contentType?: string
}

/** Whether a registry writes OpenMetrics. */
export function isOpenMetrics({ contentType }: Pick<PromRegistry, 'contentType'>): boolean {
  return contentType?.startsWith('application/openmetrics-text') ?? false
}
