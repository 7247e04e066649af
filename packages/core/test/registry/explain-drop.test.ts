import { createTidegauge } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'

const table = {
  c: { kind: 'counter', name: 'c_total', help: 'C', labels: { outcome: ['paid', 'failed'], shop: {} } },
  g: { kind: 'gauge', name: 'g', help: 'G' },
  s: { kind: 'state_set', name: 's', help: 'S', states: ['on', 'off'] },
} as const

function open() {
  const log: string[] = []
  const note = (message: string) => void log.push(message)
  const logger = { debug: note, info: note, warn: note, error: note }
  return { log, handles: createTidegauge({ logger }).instruments('shop', table) as any }
}

describe('the log of a dropped sample says what came and what was expected (issue 10, 11)', () => {
  test.each([
    [
      { outcom: 'a' },
      'counter "c_total" got { outcom: \'a\' }: label "outcome" is missing, expected paid or failed',
    ],
    [{ outcome: 'lost', shop: 'x' }, 'label "outcome" was "lost", expected paid or failed'],
    [{ outcome: 'paid', shop: {} }, 'label "shop" was {}, expected a string, number or boolean'],
    [
      { outcome: 'paid', shop: 'x', more: 1 },
      'label "more" is not one of its labels, expected "outcome", "shop"',
    ],
    ['paid', 'counter "c_total" got "paid": expected an object with "outcome", "shop"'],
  ])('labels %j', (labels, words) => {
    const { log, handles } = open()
    handles.c.inc(labels)
    handles.c.inc(labels)
    expect(log).toHaveLength(1)
    expect(log[0]).toContain(words)
  })

  test('values', () => {
    const { log, handles } = open()
    handles.g.set('5')
    handles.s.set('broken')
    expect(log[0]).toContain('gauge "g" got "5": expected a number')
    expect(log[1]).toContain('state_set "s" got "broken": expected one of its states')
  })

  test('labels whose keys can not be listed, without throwing', () => {
    const { log, handles } = open()
    const labels = new Proxy(
      { outcome: 'paid', shop: 'x' },
      {
        ownKeys: () => {
          throw new Error('ownKeys')
        },
      },
    )
    expect(() => handles.c.inc(labels)).not.toThrow()
    expect(log[0]).toContain('counter "c_total" got ')
  })

  test('labels that are bound, when they are bound', () => {
    const { log, handles } = open()
    const bound = handles.c.labels({ outcom: 'paid', shop: 'x' })
    expect(log[0]).toContain('label "outcome" is missing')
    bound.inc()
    expect(log).toHaveLength(1)
  })
})
