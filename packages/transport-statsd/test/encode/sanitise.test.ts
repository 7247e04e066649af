import { defineInstruments } from '@tidegauge/core'
import { describe, expect, it } from 'vitest'
import { safeDistinct, safeName, safeValue } from '../../src/encode/sanitise.js'
import { everyKind } from '../support/every-kind.js'
import { startTransport, startWithReceiver } from '../support/start-transport.js'
import { openTcpReceiver } from '../support/tcp-receiver.js'

const table = defineInstruments({
  hits: { kind: 'counter', name: 'hits', help: 'Hits.', labels: { route: {} } },
  colon: { kind: 'counter', name: 'app:hits', help: 'Hits by a name with a colon.', labels: { route: {} } },
  level: { kind: 'gauge', name: 'level', help: 'Level.', labels: { route: {} } },
})

describe('label values', () => {
  it('get one underscore for each character that would break a line', () => {
    const hostile = 'a:b|c#d@e,f=g[h]i;j k\tl\nm\rn\u0000o\u0085p\u2028q'
    expect(safeValue(hostile, { style: 'influx', nonAscii: 'keep' })).toEqual({
      text: 'a_b_c_d_e_f_g_h_i_j_k_l_m_n_o_p_q',
      isReplaced: true,
    })
    expect(safeValue(hostile, { style: 'dogstatsd', nonAscii: 'keep' }).text).toBe(
      'a:b_c_d_e_f_g_h_i_j_k_l_m_n_o_p_q',
    )
    expect(safeValue('a.b/ü💧', { style: 'none', nonAscii: 'keep' }).text).toBe('a_b___')
  })

  it('keep all other characters', () => {
    const harmless = '/a/b.c-d_e"f\\g{h}\'i+j%kü💧'
    expect(safeValue(harmless, { style: 'influx', nonAscii: 'keep' })).toEqual({
      text: harmless,
      isReplaced: false,
    })
    expect(safeValue('a-b_C9', { style: 'none', nonAscii: 'keep' })).toEqual({
      text: 'a-b_C9',
      isReplaced: false,
    })
  })
})

describe('characters beyond ASCII', () => {
  it('are replaced over TCP, where npm’s server clears their highest bits: some become line breaks and separators', async () => {
    const receiver = await openTcpReceiver()
    const { tidegauge, instruments, transport } = await startTransport(table, {
      statsd: { protocol: 'tcp', port: receiver.port },
    })
    instruments.hits.inc({ route: 'Êx£¬üº💧' })
    await tidegauge.flush()
    expect(receiver.connections.join('')).toBe('hits:1|c|#route:_x_____\n')
    expect(transport.describe!()).toMatchObject({ replacedSeries: '1' })
  })

  it('are kept over TCP when the option says so', async () => {
    const receiver = await openTcpReceiver()
    const { tidegauge, instruments } = await startTransport(table, {
      statsd: { protocol: 'tcp', port: receiver.port, nonAscii: 'keep' },
    })
    instruments.hits.inc({ route: 'Ê💧' })
    await tidegauge.flush()
    expect(receiver.connections.join('')).toBe('hits:1|c|#route:Ê💧\n')
  })
})

describe('names', () => {
  it('contain letters, digits, underscores, dots, and hyphens where these are allowed', () => {
    expect(safeName('app:hits per/second', 'influx').text).toBe('app_hits_per_second')
    expect([safeName('a-b.c', 'librato').text, safeName('a-b.c', 'dogstatsd').text]).toEqual([
      'a-b.c',
      'a_b.c',
    ])
  })

  it('start with a letter for DogStatsD', () => {
    expect(safeName('_hits', 'dogstatsd')).toEqual({ text: 'm_hits', isReplaced: true })
    expect(safeName('9hits', 'dogstatsd').text).toBe('m9hits')
    expect(safeName('_hits', 'influx')).toEqual({ text: '_hits', isReplaced: false })
  })

  it('are changed when every JavaScript object has them: npm’s server would crash or lose them', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      for (const style of ['none', 'dogstatsd'] as const) {
        const { text } = safeName(name, style)
        expect(text in Object.prototype).toBe(false)
        expect(safeName(text, style)).toEqual({ text, isReplaced: false })
      }
  })
})

describe('replacements', () => {
  it('are counted once per series, not per flush', async () => {
    const { flush, instruments, transport } = await startWithReceiver(table)
    const replaced = () => transport.describe!()['replacedSeries']
    instruments.hits.inc({ route: 'a b' })
    instruments.hits.inc({ route: 'c' })
    instruments.hits.inc({ route: 'd,e' })
    instruments.colon.inc({ route: 'c' })
    for (let i = 0; i < 3; i++) {
      await flush()
      expect(replaced()).toBe('3')
      instruments.hits.inc({ route: 'a b' })
    }
    instruments.hits.remove({ route: 'a b' })
    instruments.hits.inc({ route: 'a b' })
    await flush()
    expect(replaced()).toBe('4')
  })

  it('make counters add up whose series become equal', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    instruments.hits.inc({ route: 'a b' }, 2)
    instruments.hits.inc({ route: 'a_b' }, 3)
    expect(await flush()).toEqual(['hits:2|c|#route:a_b', 'hits:3|c|#route:a_b'])
  })
})

describe('tags', () => {
  it('of every line give way to the tags that distinguish the lines of a series', async () => {
    const { flush, instruments } = await startWithReceiver(everyKind, {
      statsd: { globalTags: { le: 'x', quantile: 'y', app_phase: 'z' } },
    })
    instruments.wait.observe(9)
    instruments.lag.observe(1)
    instruments.phase.set('busy')
    const lines = await flush()
    expect(lines).toContain('app.wait.bucket:1|c|#quantile:y,app_phase:z,le:+Inf')
    expect(lines).toContain('app.wait.count:1|c|#quantile:y,app_phase:z')
    expect(lines).toContain('app_phase:1|g|#le:x,quantile:y,app_phase:busy')
    expect(lines).toContainEqual(
      expect.stringMatching(/^app_lag_seconds:[\d.]+\|g\|#le:x,app_phase:z,quantile:0\.5$/),
    )
  })

  it('of every line give way to the labels of a series', async () => {
    const { flush, instruments } = await startWithReceiver(table, {
      statsd: { globalTags: { route: 'none', env: 'a b', empty: '' } },
    })
    instruments.hits.inc({ route: '/a' })
    instruments.hits.inc({ route: '' })
    // an empty value counts as the series' own, too, and is not written
    expect(await flush()).toEqual(['hits:1|c|#route:/a,env:a_b', 'hits:1|c|#env:a_b'])
  })
})

describe('states', () => {
  it('stay different when they become equal, or are empty', () => {
    expect(
      safeDistinct(['a b', 'a|b', 'a_b', '', 'a_b_2', '_'], { style: 'influx', nonAscii: 'keep' }),
    ).toEqual(['a_b', 'a_b_2', 'a_b_3', '_', 'a_b_2_2', '__2'])
  })
})

describe('the tags of many series that are added and removed', () => {
  it('stay correct', async () => {
    const { flush, instruments } = await startWithReceiver(table)
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 150; i++) instruments.level.set({ route: `${round}-${i}-${'x'.repeat(i)}` }, i)
      expect(await flush()).toEqual(
        Array.from({ length: 150 }, () => expect.stringMatching(/^level:(\d+)\|g\|#route:\d+-\1-x*$/)),
      )
      instruments.level.clear()
    }
  })
})
