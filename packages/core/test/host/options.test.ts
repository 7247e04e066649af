import { createTidegauge, type TidegaugeOptions, type UseOptions } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'
import { parseOptions, parseUseOptions } from '../../src/host/options.js'
import { createPlugin } from '../support/plugin.js'

const pathsOf = (call: () => unknown) => {
  try {
    call()
  } catch (thrown) {
    const error = thrown as Error & { code: string; issues: { path: string }[] }
    expect(error.code).toBe('OPTIONS_INVALID')
    expect(error.message).not.toContain('\n')
    return error.issues.map(({ path }) => path)
  }
  return []
}

describe('options of a host', () => {
  test('have defaults for everything', () => {
    expect(parseOptions()).toMatchObject({
      service: { name: 'unknown_service:node' },
      views: [],
      privacy: {},
      seriesLimit: 2_000,
      selfMetrics: 'on',
      tolerate: 'plugins',
    })
  })

  test('are all checked at once', () => {
    const wrong = {
      service: { name: '', instanceId: 5, extra: 1 },
      logger: { info() {} },
      clock: {},
      seriesLimit: 0,
      selfMetrics: true,
      tolerate: 'some',
      privacy: { ip: 'hide', email: 'hash', salt: 5 },
      views: [
        { match: 5, metric: 'maybe', dropLabels: 'a', reduce: 'median', bounds: [2, 1], seriesLimit: -1 },
        null,
        { match: 'x', labels: { a: 'hide', b: { truncate: 1.5 }, c: { truncate: -1 }, d: 'keep' }, drop: [] },
        { match: 'x', labels: [] },
      ],
      unknown: 1,
    } as unknown as TidegaugeOptions
    expect(pathsOf(() => createTidegauge(wrong)).toSorted()).toEqual(
      [
        'clock',
        'logger',
        'privacy.email',
        'privacy.ip',
        'privacy.salt',
        'selfMetrics',
        'seriesLimit',
        'service.extra',
        'service.instanceId',
        'service.name',
        'tolerate',
        'unknown',
        'views.0.bounds',
        'views.0.dropLabels',
        'views.0.match',
        'views.0.metric',
        'views.0.reduce',
        'views.0.seriesLimit',
        'views.1',
        'views.1.match',
        'views.2.drop',
        'views.2.labels.a',
        'views.2.labels.b',
        'views.2.labels.c',
        'views.3.labels',
      ].toSorted(),
    )
  })

  test('that are no object are refused', () => {
    for (const odd of [null, 5, 'x', []])
      expect(pathsOf(() => createTidegauge(odd as never))).toEqual(['options'])
  })

  test('never show the salt', () => {
    try {
      createTidegauge({ privacy: { salt: ['canary'] as never } })
      expect.unreachable()
    } catch (thrown) {
      expect(JSON.stringify(thrown) + String(thrown)).not.toContain('canary')
    }
  })
})

describe('options of use()', () => {
  test('have defaults for everything', () => {
    expect(parseUseOptions('p')).toEqual({
      intervalMs: 10_000,
      timeoutMs: 5_000,
      maxAgeMs: 1_000,
      jitterRatio: 0.1,
      labels: {},
      transports: undefined,
    })
  })

  test('keep zeros as what they are', () => {
    expect(
      parseUseOptions('p', { intervalMs: 0, maxAgeMs: 0, jitterRatio: 0, transports: [] }),
    ).toMatchObject({
      intervalMs: 0,
      maxAgeMs: 0,
      jitterRatio: 0,
      transports: [],
    })
  })

  test('are all checked at once', () => {
    const wrong = {
      intervalMs: -1,
      timeoutMs: 0,
      maxAgeMs: '5',
      jitterRatio: Number.NaN,
      labels: { 'a b': 'x' },
      transports: 'prometheus',
      interval: 5,
    } as unknown as UseOptions
    expect(pathsOf(() => createTidegauge().use(createPlugin({ name: 'p' }), wrong)).toSorted()).toEqual([
      'interval',
      'intervalMs',
      'jitterRatio',
      'labels',
      'maxAgeMs',
      'timeoutMs',
      'transports',
    ])
  })

  test('are reported with the plugin’s name, what was received and what was expected', () => {
    expect(() => parseUseOptions('process', { intervalMs: '0' as never })).toThrow(
      'plugin "process": option intervalMs was "0", expected an integer from 0 to 2147483647',
    )
  })

  test('belong to the host from then on', () => {
    const given = { labels: { node: 'a' }, transports: ['x'] }
    const settings = parseUseOptions('p', given)
    given.labels.node = 'b'
    given.transports.push('y')
    expect(settings).toMatchObject({ labels: { node: 'a' }, transports: ['x'] })
  })
})
