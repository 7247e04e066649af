import { describe, expect, it } from 'vitest'
import { parseOptions } from '../src/options.js'

describe('#10/41: the preset', () => {
  it.each([
    ['statsd', 'dogstatsd', 'exact', 'quantiles', 'ms'],
    ['datadog', 'dogstatsd', 'exact', 'quantiles', undefined],
    ['telegraf', 'influx', 'whole', 'buckets', undefined],
    ['collectd', 'none', 'exact', 'quantiles', 'ms'],
    ['netdata', 'none', 'whole', 'quantiles', 'h'],
    ['statsd_exporter', 'dogstatsd', 'exact', 'buckets', undefined],
  ] as const)(
    'of %s: tags %s, counters %s, histograms as %s',
    (server, style, counters, histograms, sampleType) => {
      const settings = parseOptions({ server })
      expect(settings.lines).toMatchObject({ style, counters, histograms })
      expect(settings.sampleType).toBe(sampleType)
    },
  )

  it('gives way to the options', () => {
    const options = { server: 'netdata', tags: 'influx', counters: 'exact', histograms: 'buckets' } as const
    expect(parseOptions(options).lines).toMatchObject({
      style: 'influx',
      counters: 'exact',
      histograms: 'buckets',
    })
  })

  it('keeps characters beyond ASCII over TCP for servers that read UTF-8', () => {
    const kept = (server: 'statsd' | 'datadog' | 'telegraf' | 'statsd_exporter') =>
      parseOptions({ server, protocol: 'tcp' }).lines.nonAscii
    expect([kept('statsd'), kept('datadog'), kept('telegraf'), kept('statsd_exporter')]).toEqual([
      'replace',
      'replace',
      'keep',
      'keep',
    ])
  })
})
