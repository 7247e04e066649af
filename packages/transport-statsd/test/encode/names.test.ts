import { defineInstruments } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { tagNames } from '../../src/encode/names.js'
import type { StatsdOptions } from '../../src/index.js'
import { startWithReceiver } from '../support/start-transport.js'

const table = defineInstruments({
  requests: {
    kind: 'counter',
    name: 'http_requests_total',
    dottedName: 'http.requests',
    help: 'Requests.',
    labels: { http_request_method: { dottedName: 'http.request.method' }, route: {} },
  },
})

async function linesOf(options: StatsdOptions): Promise<string[]> {
  const { flush, instruments } = await startWithReceiver(table, { statsd: options })
  instruments.requests.inc({ http_request_method: 'GET', route: '/a.b' })
  return flush()
}

describe('the dotted name of a label', () => {
  it('is the name of its tag, where a label has one', async () => {
    expect(await linesOf({})).toEqual(['http.requests:1|c|#http.request.method:GET,route:/a.b'])
    expect(await linesOf({ tags: 'influx' })).toEqual([
      'http.requests,http.request.method=GET,route=/a.b:1|c',
    ])
  })

  it('is not used with underscored names', async () => {
    expect(await linesOf({ names: 'underscored' })).toEqual([
      'http_requests_total:1|c|#http_request_method:GET,route:/a.b',
    ])
  })

  it('is not used in the style without tags, where a dot separates the parts of the name', async () => {
    expect(await linesOf({ tags: 'none' })).toEqual(['http.requests.http_request_method.GET.route._a_b:1|c'])
  })

  it('wins over a global tag with the same dotted name', async () => {
    const globalTags = { http_request_method: 'global', route: 'global' }
    expect(await linesOf({ globalTags })).toEqual([
      'http.requests:1|c|#http_request_method:global,route:/a.b,http.request.method:GET',
    ])
  })

  it('loses characters that would break a line, which counts as a replaced series', async () => {
    const { flush, instruments, transport } = await startWithReceiver(
      defineInstruments({
        hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { a: { dottedName: 'a|b:c,d\n' } } },
      }),
    )
    instruments.hits.inc({ a: 'x' })
    expect(await flush()).toEqual(['hits:1|c|#a_b_c_d_:x'])
    expect(transport.describe!()).toMatchObject({ replacedSeries: '1' })
  })

  it('never hides another tag', () => {
    const labels = [
      { name: 'a', dottedName: 'x y' },
      { name: 'b', dottedName: 'x_y' },
      { name: 'c', dottedName: 'le' },
      { name: 'd', dottedName: 'node' },
    ] as unknown as Parameters<typeof tagNames>[0]
    expect(tagNames(labels, { names: 'dotted', style: 'dogstatsd' }, ['node', 'le'])).toEqual({
      names: ['x_y', 'x_y_2', 'le_2', 'node_2'],
      isReplaced: true,
    })
  })
})
