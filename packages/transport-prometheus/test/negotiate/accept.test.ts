import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptsGzip, negotiate } from '../../src/negotiate/accept.js'
import { runs } from '@tidegauge/testkit'

const text = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'
const openMetrics1 = 'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores'
const openMetrics0 = 'application/openmetrics-text; version=0.0.1; charset=utf-8; escaping=underscores'
const protobuf =
  'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores'

describe('negotiation', () => {
  test.each([
    ['no header', undefined, text],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', text],
    ['curl', '*/*', text],
    ['a careless scraper', 'text/plain', text],
    ['something unknown', 'application/x-unknown', text],
    ['nonsense', ';;;,,=;q=', text],
    [
      'Prometheus 2.42',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      openMetrics1,
    ],
    [
      'Prometheus 2.42 with native histograms',
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      protobuf,
    ],
    [
      'Prometheus 3',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      openMetrics1,
    ],
    ['OpenMetrics of no version', 'application/openmetrics-text', openMetrics0],
    ['OpenMetrics of a later version alone', 'application/openmetrics-text;version=2.0.0', text],
    ['quoted parameters', 'application/openmetrics-text; version="1.0.0"; charset=utf-8', openMetrics1],
    [
      'text preferred',
      'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.9',
      text,
    ],
    ['OpenMetrics refused', 'application/openmetrics-text;version=1.0.0;q=0', text],
    ['another protobuf', 'application/vnd.google.protobuf;proto=other;encoding=delimited', text],
    ['JSON', 'application/json', 'application/json; charset=utf-8'],
  ])('gives %s what it asks for', (_, accept, contentType) => {
    expect(negotiate(accept).contentType).toBe(contentType)
  })

  test('has an answer for any header', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 10_000 }), (accept) => {
        expect(['text', 'openmetrics', 'protobuf', 'json']).toContain(negotiate(accept).format)
        expect(typeof acceptsGzip(accept)).toBe('boolean')
      }),
      { numRuns: runs(1_000) },
    )
  })

  test.each([
    ['gzip', true],
    ['gzip, deflate, br', true],
    ['deflate, gzip;q=1.0, *;q=0.5', true],
    ['*', true],
    ['gzip;q=0', false],
    ['gzip;q=0, *', false],
    ['br', false],
    [undefined, false],
  ])('reads Accept-Encoding %s', (header, expected) => {
    expect(acceptsGzip(header)).toBe(expected)
  })
})
