import { describe, expect, test } from 'vitest'
import { PrivacyPolicy } from '../../src/registry/privacy.js'
import { startRecording } from '../support/recording.js'

const classes = ['peer_id', 'cid', 'ip', 'address', 'account'] as const
const canary = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
const table = {
  c: {
    kind: 'counter',
    name: 'c_total',
    help: 'C',
    labels: Object.fromEntries(classes.map((privacy) => [privacy, { privacy }])),
  },
} as const
const all = Object.fromEntries(classes.map((name) => [name, canary]))

describe('privacy', () => {
  test('by default shortens peer and content ids, and hashes addresses and accounts', async () => {
    const { instruments, labelsOf } = await startRecording(table)
    instruments.c.inc(all)
    const [labels] = labelsOf('c_total')
    const short = `*${canary.slice(-10)}`
    expect([labels['peer_id'], labels['cid']]).toEqual([short, short])
    for (const name of ['ip', 'address', 'account'] as const) expect(labels[name]).toMatch(/^[0-9a-f]{16}$/)
    expect(JSON.stringify(labels)).not.toContain(canary)
  })

  test('is the host’s to change, for each class', async () => {
    const { instruments, labelsOf } = await startRecording(table, {
      privacy: { peer_id: 'keep', cid: 'drop', ip: 'shorten', address: 'keep' },
    })
    instruments.c.inc(all)
    expect(labelsOf('c_total')[0]).toEqual({
      peer_id: canary,
      ip: `*${canary.slice(-10)}`,
      address: canary,
      account: expect.stringMatching(/^[0-9a-f]{16}$/),
    })
  })

  test('is outdone by a view for one metric', async () => {
    const { instruments, labelsOf } = await startRecording(table, {
      views: [{ match: 'c_*', labels: { ip: 'keep', peer_id: 'drop' } }],
    })
    instruments.c.inc(all)
    const [labels] = labelsOf('c_total')
    expect(labels['ip']).toBe(canary)
    expect('peer_id' in labels).toBe(false)
  })

  test('holds for labels that are named like members of the object prototype', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf']
    const labels = Object.fromEntries(names.map((name) => [name, { privacy: 'account' } as const]))
    const { instruments, labelsOf } = await startRecording(
      { c: { ...table.c, labels } },
      { views: [{ match: '*', labels: { other: 'keep' } }] },
    )
    instruments.c.inc(Object.fromEntries(names.map((name) => [name, canary])))
    expect(
      names.map((name) => Object.entries(labelsOf('c_total')[0]).find(([key]) => key === name)![1]),
    ).toEqual(Array(4).fill(expect.stringMatching(/^[0-9a-f]{16}$/)))
  })

  test('finds and removes series by the values that callers know', async () => {
    const { instruments, memory, labelsOf } = await startRecording(table)
    instruments.c.inc(all)
    instruments.c.labels(all).inc()
    instruments.c.inc(all)
    expect(labelsOf('c_total')).toHaveLength(1)
    expect(memory.read({ names: new Set(['c_total']) })[0].series[0].value).toBe(3)
    instruments.c.remove(all)
    expect(labelsOf('c_total')).toEqual([])
  })

  test('hashes alike with one salt, and unlike with another or with none given', () => {
    const hashes = ['a', 'a', 'b', undefined, undefined].map((salt) =>
      new PrivacyPolicy(salt === undefined ? {} : { salt }).apply('ip', canary),
    )
    expect(hashes[0]).toBe(hashes[1])
    expect(new Set(hashes).size).toBe(4)
  })

  test('keeps values of ten characters or fewer as they are when it shortens', () => {
    const shorten = new PrivacyPolicy().transform('shorten')
    expect(['', '1234567890', '12345678901'].map(shorten)).toEqual(['', '1234567890', '*2345678901'])
  })
})
