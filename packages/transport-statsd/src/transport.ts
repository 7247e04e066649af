import { LogOnce, type Plugin, type Transport } from '@tidegauge/core'
import { TransportCounts } from './counts.js'
import { Flusher } from './flush/flusher.js'
import type { instruments } from './metrics.js'
import { parseOptions, type StatsdOptions, type StatsdSettings } from './options.js'
import { SampleQueue } from './samples/sample-queue.js'
import { createSampleSeries, type SampleSeries, type SampleSeriesOptions } from './samples/sample-series.js'
import { selfMetricsPlugin } from './self-metrics.js'
import type { Sender } from './send/sender.js'
import { createSender } from './send/target.js'
import { version } from './version.js'

/** The push transport for StatsD servers. */
export interface StatsdTransport extends Transport {
  /**
   * Creates a series of samples that are sent one by one, for values that the receiver needs as they were measured.
   * Throws `OPTIONS_INVALID`.
   */
  samples(series: SampleSeriesOptions): SampleSeries
  /** A plugin with the metrics of this transport: `host.use(endpoint.selfMetrics())`. */
  selfMetrics(): Plugin<typeof instruments>
}

/**
 * Creates the transport. Nothing is opened before the host starts, and the network is not used before the first
 * flush. Throws `OPTIONS_INVALID`.
 */
export function statsd(options?: StatsdOptions): StatsdTransport {
  const settings = parseOptions(options)
  return createTransport(settings, createSender(settings.target))
}

/** The transport over any sender. */
export function createTransport(settings: StatsdSettings, sender: Sender): StatsdTransport {
  const counts = new TransportCounts()
  const logOnce = new LogOnce()
  const queue = new SampleQueue({ format: sender.format, maxBytes: settings.maxQueuedSampleBytes }, counts)
  const flusher = new Flusher(settings, { sender, samples: queue, counts, logOnce })
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    async start(context) {
      await sender.prepare?.()
      logOnce.useLogger(context.logger)
      flusher.start(context)
    },
    flush: (context) => flusher.flush(context?.deadlineMs),
    stop: (context) => flusher.stop(context?.deadlineMs),
    describe: () => describe(settings, sender.target, counts),
    samples: (series) => createSampleSeries(series, settings, { queue, counts }),
    selfMetrics: () => selfMetricsPlugin(counts),
  }
}

function describe(
  settings: StatsdSettings,
  target: string,
  { dropped, ...counts }: TransportCounts,
): Record<string, string> {
  const drops = Object.entries(dropped)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => [`dropped_${reason}`, count] as const)
  return {
    target,
    tags: settings.lines.style,
    ...Object.fromEntries(
      [...Object.entries(counts), ...drops].map(([name, count]) => [name, String(count)]),
    ),
  }
}
