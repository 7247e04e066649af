import {
  createTidegauge,
  type Logger,
  type Plugin,
  type TidegaugeOptions,
  type Transport,
  type UseOptions,
} from '@tidegauge/core'
import { createMemoryTransport } from '@tidegauge/testkit'
import * as successor from '@prometheus-io/client'
import promClient from 'prom-client'
import { onTestFinished } from 'vitest'
import { serveThrough } from '../../src/index.js'
import { parseExposition, type ParsedFamily } from '../support/parse-exposition.js'

/** Both libraries, under the types of one: the other's differ in nothing that the tests use. */
export const libraries = [
  ['prom-client', promClient],
  ['@prometheus-io/client', successor as unknown as typeof promClient],
] as const

export interface BridgeHost {
  readonly plugins: readonly Plugin[]
  readonly transports?: readonly Transport[]
  readonly host?: TidegaugeOptions
  readonly use?: UseOptions
}

/** A running host with these plugins, and a page of its own that is collected and parsed. */
export async function openBridge({ plugins, transports = [], host: options, use }: BridgeHost) {
  const page = { metrics: async () => '\n', contentType: 'text/plain; version=0.0.4' }
  const messages: string[] = []
  const at = (level: keyof Logger) => (message: string) => void messages.push(`${level}: ${message}`)
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const memory = createMemoryTransport()
  const host = createTidegauge({ logger, selfMetrics: 'off', ...options })
  for (const plugin of plugins) host.use(plugin, { intervalMs: 0, maxAgeMs: 0, ...use })
  host.export(serveThrough(page, { name: 'page' })).export(memory)
  for (const transport of transports) host.export(transport)
  await host.start()
  onTestFinished(() => host.stop())
  return {
    host,
    memory,
    messages,
    /** Collects and reads, without what the bridges tell about themselves. */
    scrape: async (): Promise<ParsedFamily[]> => withoutSelf(parseExposition(await page.metrics(), 'text')),
    /** How many metrics the bridge of this name left out. */
    skipped: (bridge: string, reason: string) =>
      memory.value(`tidegauge_${bridge.replaceAll('-', '_')}_skipped_metrics`, { reason }),
    dropped: (bridge: string, reason: string) =>
      memory.value(`tidegauge_${bridge.replaceAll('-', '_')}_dropped_samples_total`, { reason }),
  }
}

export function withoutSelf(families: readonly ParsedFamily[]): ParsedFamily[] {
  return families.filter(({ name }) => !name.startsWith('tidegauge_'))
}

/** One line for each sample: labels sorted, those without a value left out, numbers in labels in one form. */
export function linesOf(
  samples: readonly { name: string; labels: Readonly<Record<string, unknown>>; value: number }[],
): string[] {
  return samples.map(({ name, labels, value }) => line(name, labels, value)).sort()
}

function line(name: string, labels: Readonly<Record<string, unknown>>, value: number): string {
  const pairs = Object.entries(labels)
    .filter(([, text]) => text !== undefined && text !== '')
    .map(([label, text]) => [
      label,
      numberLabels.has(label) ? String(text).replace(/\.0$/, '') : String(text),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1))
  // -0 is 0 in every text
  return `${name}${JSON.stringify(pairs)} ${value + 0}`
}

const numberLabels: ReadonlySet<string> = new Set(['le', 'quantile'])

/** What a registry's JSON says, as lines. */
export function linesOfJson(metrics: readonly any[], format: 'text' | 'openmetrics' = 'text'): string[] {
  return linesOf(
    metrics.flatMap(({ name, type, values }) =>
      values.map((sample: any) => ({
        name: sampleName(sample.metricName ?? name, type, format),
        labels: sample.labels ?? {},
        value: sample.value,
      })),
    ),
  )
}

function sampleName(name: string, type: string, format: 'text' | 'openmetrics'): string {
  return type === 'counter' && format === 'openmetrics' ? `${name.replace(/_total$/, '')}_total` : name
}

export function linesOfFamilies(families: readonly ParsedFamily[]): string[] {
  return linesOf(families.flatMap(({ samples }) => samples))
}
