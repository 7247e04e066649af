import { OptionCheck } from '@tidegauge/core'
import type { TransportCounts } from '../counts.js'
import { paddedBytes } from '../encode/byte-buffer.js'
import { plainDecimal } from '../encode/digits.js'
import type { LineSettings } from '../encode/line-settings.js'
import { createLineParts } from '../encode/line-template.js'
import { LineNames } from '../encode/names.js'
import { parseTags, tagText, type Tag } from '../encode/tags.js'
import type { SampleQueue } from './sample-queue.js'

/** The options of a series of raw samples. */
export interface SampleSeriesOptions {
  /** The metric's name as it is sent, without the prefix. */
  readonly name: string
  /** `ms`: a time in milliseconds. `h`: a histogram. `d`: a distribution, of Datadog. */
  readonly type: 'ms' | 'h' | 'd'
  readonly labels?: Readonly<Record<string, string>>
  /** The plugin that the samples come from: its rate in the option `sampling` is used. */
  readonly plugin?: string
  /** The part of the samples that is sent, above 0 and up to 1. Default: the plugin's rate, else 1. */
  readonly rate?: number
}

/** Accepts the samples of one series. */
export interface SampleSeries {
  /** Records a finite number; of type `ms` it must not be negative. Never throws, never waits. */
  record(value: number): void
}

/** How samples are written and chosen. */
export interface SampleSettings {
  readonly lines: LineSettings
  /** Rates by the plugin's name. */
  readonly sampling: Readonly<Record<string, number>>
  /** Of all series, for a server that does not read each type. Default: the one of each series. */
  readonly sampleType?: 'ms' | 'h'
  /** For tests. Default `Math.random`. */
  readonly random?: () => number
}

/** Creates a series of raw samples. Throws `OPTIONS_INVALID`. */
export function createSampleSeries(
  options: SampleSeriesOptions,
  { lines, sampling, sampleType, random = Math.random }: SampleSettings,
  { queue, counts }: { readonly queue: SampleQueue; readonly counts: TransportCounts },
): SampleSeries {
  const { name, type: givenType, tags, rate } = parseSampleSeries(options, sampling)
  const type = sampleType ?? givenType
  const names = new LineNames({ name, dottedName: undefined }, lines)
  const { text, isReplaced } = tagText([...lines.globalTags, ...tags], lines)
  if (names.isReplaced || isReplaced) counts.replacedSeries++
  const typeAndRate = rate === 1 ? type : `${type}|@${plainDecimal(rate)}`
  const line = {
    parts: createLineParts({ name: names.of(), type: typeAndRate, hasTags: text !== '' }, lines.style),
    tags: { ...paddedBytes(text), at: 0 },
  }
  const min = type === 'ms' ? 0 : -Infinity
  return {
    record(value) {
      if (rate < 1 && random() >= rate) return
      if (typeof value === 'number' && Number.isFinite(value) && value >= min) queue.add(line, value)
      else counts.dropped.sample_invalid++
    },
  }
}

function parseSampleSeries(
  options: SampleSeriesOptions,
  sampling: Readonly<Record<string, number>>,
): Required<Pick<SampleSeriesOptions, 'name' | 'type' | 'rate'>> & { readonly tags: readonly Tag[] } {
  const check = new OptionCheck('samples of transport "statsd"')
  const given = check.object('', options, ['name', 'type', 'labels', 'plugin', 'rate'])
  const plugin = check.text('plugin', given['plugin'], '')
  const rate = given['rate'] ?? (Object.hasOwn(sampling, plugin) ? sampling[plugin] : 1)
  check.expect(isRate(rate), 'rate', rate, 'a number above 0 and up to 1')
  const name = given['name']
  check.expect(typeof name === 'string' && name !== '', 'name', name, 'a string that is not empty')
  const type = given['type']
  check.expect(type === 'ms' || type === 'h' || type === 'd', 'type', type, 'one of "ms", "h", "d"')
  const tags = parseTags(check, 'labels', given['labels'])
  check.assertNoIssues()
  return { name: name as string, type: type as 'ms', tags, rate: rate as number }
}

/** Whether a value is a valid sampling rate. */
export function isRate(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 1
}
