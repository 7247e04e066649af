/**
 * One sample of a metric of prom-client or @prometheus-io/client, as `getMetricsAsJSON()` returns it. The type is
 * loose, so that both libraries and several of their versions fit.
 */
export interface PromSample {
  readonly labels?: Readonly<Record<string, unknown>>
  readonly value: number
  /** The metric's name, with a suffix in a histogram or summary. */
  readonly metricName?: string | undefined
  readonly exemplar?: unknown
}

/** One metric, as `getMetricsAsJSON()` returns it. */
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
  /** Where it exists, label names are known before the first series. */
  getMetricsAsArray?(): readonly object[]
  readonly contentType?: string
}

/** Whether a registry writes OpenMetrics. */
export function isOpenMetrics({ contentType }: Pick<PromRegistry, 'contentType'>): boolean {
  return contentType?.startsWith('application/openmetrics-text') ?? false
}
