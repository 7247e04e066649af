import { describe, expect, it } from 'vitest'
import { statsd, type StatsdOptions } from '../src/index.js'
import { parseOptions } from '../src/options.js'

describe('options', () => {
  it('have these defaults', () => {
    expect(parseOptions()).toEqual({
      name: 'statsd',
      target: {
        protocol: 'udp',
        host: '127.0.0.1',
        port: 8125,
        family: 0,
        maxBytes: 1_432,
        maxBytesPerMs: 1_024,
      },
      lines: {
        style: 'dogstatsd',
        names: 'dotted',
        prefix: '',
        nonAscii: 'keep',
        globalTags: [],
        histograms: 'buckets',
        quantiles: [0.5, 0.9, 0.99],
        unchangedGauges: 'resend',
        counters: 'exact',
      },
      flushIntervalMs: 10_000,
      jitterRatio: 0.1,
      sampling: {},
      maxQueuedSampleBytes: 1_048_576,
      brokenConnections: 'resend',
    })
  })

  it('accept a URL instead of protocol, host, port and path', () => {
    const target = (url: string) => parseOptions({ url }).target
    expect(target('udp://statsd.example:9125')).toMatchObject({ host: 'statsd.example', port: 9_125 })
    expect(target('tcp://statsd.example')).toEqual({
      protocol: 'tcp',
      host: 'statsd.example',
      port: 8_125,
      family: 0,
      maxBytes: 8_192,
      maxBytesPerMs: 1_024,
    })
    expect(target('udp://[::1]:8125')).toMatchObject({ host: '::1', port: 8_125 })
    expect(target('unix:///run/statsd.sock')).toEqual({
      protocol: 'unix',
      path: '/run/statsd.sock',
      maxBytes: 8_192,
    })
  })

  it('keep characters beyond ASCII except over TCP, unless the option says otherwise', () => {
    const nonAscii = (options: StatsdOptions) => parseOptions(options).lines.nonAscii
    expect([nonAscii({}), nonAscii({ url: 'tcp://a' }), nonAscii({ url: 'unix:///a' })]).toEqual([
      'keep',
      'replace',
      'keep',
    ])
    expect(nonAscii({ url: 'tcp://a', nonAscii: 'keep' })).toBe('keep')
  })

  it('are all reported when they are wrong, with what was received and expected', () => {
    const options = {
      name: 'A b',
      protocol: 'http',
      host: '',
      port: 0,
      family: 5,
      path: '/x',
      maxDatagramBytes: 10,
      maxBytesPerMs: 0,
      server: 'x',
      tags: 'datadog',
      names: 'x',
      prefix: 'a b',
      nonAscii: 'x',
      globalTags: { 'a-b': 'c' },
      flushIntervalMs: 1,
      jitterRatio: 2,
      histograms: 'none',
      quantiles: [2],
      unchangedGauges: true,
      counters: 'int',
      sampling: { a: 0 },
      maxQueuedSampleBytes: -1,
      brokenConnections: 'retry',
      hots: 'x',
    } as never
    let thrown: { code?: string; issues?: { path: string; expected: string }[]; message?: string } = {}
    try {
      statsd(options)
    } catch (error) {
      thrown = error as typeof thrown
    }
    expect(thrown.code).toBe('OPTIONS_INVALID')
    expect(thrown.issues!.map(({ path }) => path).toSorted()).toEqual(Object.keys(options).toSorted())
    expect(thrown.message).toMatch(/^transport "statsd": option hots was .*; option name was "A b"/)
  })

  it.each([
    [{ url: 'http://a' }, 'url'],
    [{ url: 'udp://a:99999' }, 'port'],
    [{ url: 'udp://user:pass@a:1' }, 'url'],
    [{ url: 'unix://relative' }, 'url'],
    [{ url: 'udp://a', host: 'b' }, 'host'],
    [{ protocol: 'unix' }, 'path'],
    [{ protocol: 'unix', path: `/${'x'.repeat(107)}` }, 'path'],
    [{ protocol: 'unix', path: 'a\0b' }, 'path'],
    [{ maxDatagramBytes: 65_508 }, 'maxDatagramBytes'],
    [{ quantiles: [] }, 'quantiles'],
    [{ quantiles: [0.5, 0.5] }, 'quantiles'],
    [{ sampling: 0.5 }, 'sampling'],
    [{ sampling: { a: Number.NaN } }, 'sampling'],
  ] as const)('refuse %j', (options, path) => {
    expect(() => parseOptions(options as never)).toThrowError(
      expect.objectContaining({ issues: [expect.objectContaining({ path })] }),
    )
  })
})
