import { OptionCheck } from '@tidegauge/core'
import { bytesWithSlack } from '../chunk/byte-buffer.js'
import { plainDecimal } from '../chunk/digits.js'
import type { LineSettings } from '../lines/figure-writer.js'
import { FigureNames } from '../lines/figure-names.js'
import { lineParts, tagText } from '../lines/style.js'
import type { Tally } from '../tally.js'
import type { SampleQueue } from './sample-queue.js'

/** What a series of samples is: a name, a type, labels. */
export interface SampleSeriesOptions {
  /** The metric's name, as it is to be sent, without the prefix. */
  readonly name: string
  /** `ms`: a time in milliseconds. `h`: a histogram. `d`: a distribution, of Datadog. */
  readonly type: 'ms' | 'h' | 'd'
  readonly labels?: Readonly<Record<string, string>>
  /** The plugin that they come from: its rate in `sampling` holds. */
  readonly plugin?: string
  /** The part that is sent, more than 0 and at most 1. Default: the plugin's, else 1. */
  readonly rate?: number
}

/** Takes samples of one series. A plugin that is handed one need not know what is behind it. */
export interface SampleSeries {
  /** Any finite number, and of type `ms` not a negative one. Never throws, never waits. */
  record(value: number): void
}

/** What samples are written with. */
export interface SampleSettings {
  readonly lines: LineSettings
  readonly sampling: Readonly<Record<string, number>>
  /** Where chance comes from; for tests. */
  readonly random: () => number
}

/** Throws `OPTIONS_INVALID`. */
export function createSampleSeries(
  options: SampleSeriesOptions,
  settings: SampleSettings,
  { queue, tally }: { readonly queue: SampleQueue; readonly tally: Tally },
): SampleSeries {
  const { name, type, labels, rate } = parse(options, settings.sampling)
  const { lines, random } = settings
  const names = new FigureNames({ name, dottedName: undefined }, lines)
  const tags = tagText([...lines.globalTags, ...Object.entries(labels)], lines)
  if (names.isReplaced || tags.isReplaced) tally.replacedSeries++
  const rated = rate === 1 ? type : `${type}|@${plainDecimal(rate)}`
  const line = {
    parts: lineParts({ name: names.of(), type: rated }, lines.style, tags.text !== ''),
    tags: bytesWithSlack(tags.text),
  }
  const least = type === 'ms' ? 0 : -Infinity
  return {
    record(value) {
      if (rate < 1 && random() >= rate) return
      if (typeof value === 'number' && Number.isFinite(value) && value >= least) queue.add(line, value)
      else tally.dropped.sample_invalid++
    },
  }
}

function parse(
  options: SampleSeriesOptions,
  sampling: Readonly<Record<string, number>>,
): Required<Pick<SampleSeriesOptions, 'name' | 'type' | 'labels' | 'rate'>> {
  const check = new OptionCheck('samples of transport "statsd"')
  const given = check.object('', options, ['name', 'type', 'labels', 'plugin', 'rate'])
  const plugin = check.text('plugin', given['plugin'], '')
  const ofPlugin = Object.hasOwn(sampling, plugin) ? sampling[plugin] : 1
  const rate = given['rate'] ?? ofPlugin
  check.expect(isRate(rate), 'rate', rate, 'a number above 0 and up to 1')
  const name = given['name']
  check.expect(typeof name === 'string' && name !== '', 'name', name, 'a string that is not empty')
  const type = given['type']
  check.expect(type === 'ms' || type === 'h' || type === 'd', 'type', type, 'one of "ms", "h", "d"')
  const labels = check.labels('labels', given['labels'])
  check.assertNoIssues()
  return { name: name as string, type: type as 'ms', labels, rate: rate as number }
}

/** Whether samples can be sent at this rate. */
export function isRate(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value <= 1
}
