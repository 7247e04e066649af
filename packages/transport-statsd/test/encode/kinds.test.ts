import { defineInstruments } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { tagStyles } from '../../src/encode/tag-style.js'
import { everyKind, recordEveryKind } from '../support/every-kind.js'
import { expectGolden } from '../support/golden.js'
import { startWithReceiver } from '../support/start-transport.js'

const globalTags = { env: 'test' }

describe('lines of every kind', () => {
  for (const tags of tagStyles)
    it(`are written in the style ${tags} as in the golden file`, async () => {
      const { flush, instruments } = await startWithReceiver(everyKind, {
        statsd: { tags, globalTags },
        use: { labels: { node: 'a' } },
      })
      recordEveryKind(instruments)
      expectGolden(`${tags}.txt`, `${(await flush()).join('\n')}\n`)
    })

  it('have underscored names and a prefix when the options say so', async () => {
    const { flush, instruments } = await startWithReceiver(everyKind, {
      statsd: { names: 'underscored', prefix: 'node.' },
    })
    instruments.requests.inc({ route: '/a', method: 'GET' })
    instruments.wait.observe(1)
    instruments.phase.set('idle')
    const names = (await flush()).map((line) => line.slice(0, line.indexOf(':')))
    expect(new Set(names)).toEqual(
      new Set([
        'node.app_requests_total',
        'node.app_speed',
        'node.app_open',
        'node.app_wait_seconds_count',
        'node.app_wait_seconds_sum',
        'node.app_wait_seconds_bucket',
        'node.app_size_bytes_count',
        'node.app_size_bytes_sum',
        'node.app_size_bytes_bucket',
        'node.app_lag_seconds_count',
        'node.app_lag_seconds_sum',
        'node.app_phase',
      ]),
    )
  })

  it('are quantiles of a histogram since the last flush that was sent', async () => {
    const { flush, instruments } = await startWithReceiver(everyKind, {
      statsd: { histograms: 'quantiles', quantiles: [0.5, 1] },
    })
    const { wait, size } = instruments
    const lines = async () =>
      (await flush()).filter((line) => line.startsWith('app.wait') || line.startsWith('app_size'))
    for (let i = 0; i < 10; i++) wait.observe(0.0625)
    for (let i = 0; i < 4; i++) size.observe(8)
    expect(await lines()).toEqual([
      'app.wait.count:10|c',
      'app.wait.sum:0.625|c',
      'app.wait:0.05|g|#quantile:0.5',
      'app.wait:0.1|g|#quantile:1',
      'app_size_bytes.count:4|c',
      'app_size_bytes.sum:32|c',
      'app_size_bytes:6|g|#quantile:0.5',
      'app_size_bytes:8|g|#quantile:1',
    ])
    for (let i = 0; i < 2; i++) wait.observe(2)
    expect(await lines()).toEqual([
      'app.wait.count:2|c',
      'app.wait.sum:4|c',
      'app.wait:1.75|g|#quantile:0.5',
      'app.wait:2.5|g|#quantile:1',
    ])
    expect(await lines()).toEqual([])
  })

  it('start a new bucket of an exponential histogram with everything that is below its bound', async () => {
    const { flush, instruments } = await startWithReceiver(everyKind)
    const buckets = async () =>
      (await flush()).filter((line) => line.startsWith('app_size_bytes.bucket')).map((line) => line.slice(22))
    instruments.size.observe(2)
    expect(await buckets()).toEqual(['0|c|#le:0', '1|c|#le:2', '1|c|#le:+Inf'])
    instruments.size.observe(7)
    expect(await buckets()).toEqual(['1|c|#le:4', '2|c|#le:8', '1|c|#le:+Inf'])
    instruments.size.observe(0.5)
    expect(await buckets()).toEqual([
      '1|c|#le:0.5',
      '1|c|#le:1',
      '1|c|#le:2',
      '1|c|#le:4',
      '1|c|#le:8',
      '1|c|#le:+Inf',
    ])
  })

  it('start from zero for a distribution that was removed and replaced in the same slot', async () => {
    const table = defineInstruments({
      size: { kind: 'exponential_histogram', name: 'size', help: 'Size.', labels: { of: {} } },
      wait: { kind: 'histogram', name: 'wait', help: 'Wait.', labels: { of: {} }, bounds: [1] },
    })
    for (const [histograms, lines] of [
      ['buckets', ['size.bucket:2|c|#of:b,le:2', 'wait.bucket:2|c|#of:b,le:1']],
      ['quantiles', ['size:1.5|g|#of:b,quantile:0.5', 'wait:0.5|g|#of:b,quantile:0.5']],
    ] as const) {
      const { flush, instruments } = await startWithReceiver(table, {
        statsd: { histograms, quantiles: [0.5] },
      })
      const observe = (of: string, times: number) => {
        for (let i = 0; i < times; i++) {
          instruments.size.observe({ of }, 2)
          instruments.wait.observe({ of }, 0.5)
        }
      }
      observe('a', 2)
      await flush()
      instruments.size.remove({ of: 'a' })
      instruments.wait.remove({ of: 'a' })
      observe('b', 2)
      expect(await flush()).toEqual(expect.arrayContaining([...lines]))
    }
  })

  it('leave out and count what is not finite', async () => {
    const { flush, instruments, transport } = await startWithReceiver(everyKind)
    instruments.heat.set({ room: 'north' }, -Infinity)
    instruments.heat.set({ room: 'south' }, 1)
    expect((await flush()).filter((line) => line.startsWith('app_heat'))).toEqual([
      'app_heat_celsius:1|g|#room:south',
    ])
    expect(transport.describe!()).toMatchObject({ dropped_not_finite: '1' })
  })
})
