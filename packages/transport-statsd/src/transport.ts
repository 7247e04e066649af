import { LogOnce, type Plugin, type Transport, type TransportContext } from '@tidegauge/core'
import { Flusher } from './flush/flusher.js'
import { tickEvery } from './flush/ticks.js'
import type { instruments } from './metrics.js'
import { parseOptions, type StatsdOptions, type StatsdSettings } from './options.js'
import { SampleQueue } from './samples/sample-queue.js'
import { createSampleSeries, type SampleSeries, type SampleSeriesOptions } from './samples/samples.js'
import { selfMetricsPlugin } from './self-metrics.js'
import type { Sender } from './send/sender.js'
import { createSender } from './send/target.js'
import { Tally } from './tally.js'
import { version } from './version.js'

/** A plugin that collects for longer than this is sent as it was. */
const MAX_COLLECT_MS = 5_000

/** The push transport for StatsD servers. */
export interface StatsdTransport extends Transport {
  /**
   * A series of samples that are sent one by one, for what has to reach the receiver as it was measured. Hand the
   * result to whoever measures. Throws `OPTIONS_INVALID`.
   */
  samples(series: SampleSeriesOptions): SampleSeries
  /** A plugin that tells what this transport has sent and what not: `host.use(endpoint.selfMetrics())`. */
  selfMetrics(): Plugin<typeof instruments>
}

/**
 * Makes the transport; nothing is opened before the host starts, and no network is touched before the first flush.
 * Throws `OPTIONS_INVALID`.
 */
export function statsd(options?: StatsdOptions): StatsdTransport {
  const settings = parseOptions(options)
  return createTransport(settings, createSender(settings.target))
}

/** The transport over any sender. */
export function createTransport(settings: StatsdSettings, sender: Sender): StatsdTransport {
  const tally = new Tally()
  const logOnce = new LogOnce()
  const { style } = settings.lines
  const samples = new SampleQueue(
    { form: sender.form, style, mostBytes: settings.maxQueuedSampleBytes },
    tally,
  )
  const flusher = new Flusher(settings, { sender, samples, tally, logOnce })
  const sampling = { lines: settings.lines, sampling: settings.sampling, random: Math.random }
  let context: TransportContext | undefined
  let endTicks = () => {}
  return {
    name: settings.name,
    version,
    apiLevel: 1,
    async start(given) {
      await sender.prepare?.()
      logOnce.useLogger(given.logger)
      context = given
      flusher.open()
      const { clock } = given
      endTicks = tickEvery(
        clock,
        { ...pace(settings), random: Math.random },
        () => void tick(given, flusher, settings),
      )
      samples.onPressure = () => void clock.after(0, () => void (context && flusher.run(context, 'samples')))
    },
    async flush() {
      if (context !== undefined) await flusher.flush(context)
    },
    async stop() {
      const stopping = context
      if (stopping === undefined) return
      context = undefined
      endTicks()
      await flusher.stop(stopping)
    },
    describe: () => describe(settings, sender.target, tally),
    samples: (series) => createSampleSeries(series, sampling, { queue: samples, tally }),
    selfMetrics: () => selfMetricsPlugin(tally),
  }
}

function pace({ flushIntervalMs, jitterRatio }: StatsdSettings) {
  return { intervalMs: flushIntervalMs, jitterRatio }
}

/** One flush of its own accord; never rejects. None while the receiver holds up what was due at the last one. */
async function tick(context: TransportContext, flusher: Flusher, { flushIntervalMs }: StatsdSettings) {
  if (flusher.isHeldUp()) {
    context.report({ outcome: 'failure', error: flusher.late(), queueSize: 1 })
    return
  }
  const patienceMs = Math.min(flushIntervalMs / 2, MAX_COLLECT_MS)
  await context.collect({ deadlineMs: context.clock.monotonic() + patienceMs })
  if (!context.signal.aborted) await flusher.tick(context)
}

function describe(settings: StatsdSettings, target: string, tally: Tally): Record<string, string> {
  const { dropped, ...counts } = tally
  const told = (name: string, count: number) => [name, String(count)] as const
  return {
    target,
    tags: settings.lines.style,
    ...Object.fromEntries(Object.entries(counts).map(([name, count]) => told(name, count))),
    ...Object.fromEntries(
      Object.entries(dropped)
        .filter(([, count]) => count > 0)
        .map(([reason, count]) => told(`dropped_${reason}`, count)),
    ),
  }
}
