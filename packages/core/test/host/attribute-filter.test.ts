/** Which attributes of events and activities leave a plugin, and how. */
import type { AttributeTable, Attributes, EventSink, PrivacyRules } from '@tidegauge/core'
import { startTestHost } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'

const account = '4Gzpf3kLm9bT2wQxYcRnE8dHsVuJa7'

/** Emits in a plugin with these declared attributes. */
async function startWith(eventAttributes: AttributeTable | undefined, privacy: PrivacyRules = {}) {
  let events!: EventSink
  const plugin = createPlugin({
    name: 'p',
    ...(eventAttributes && { eventAttributes }),
    start: (context) => void (events = context.events),
  })
  const host = await startTestHost(plugin, { host: { selfMetrics: 'on', privacy } })
  const emitted = (attributes: Attributes) => {
    events.emit({ name: 'e', attributes })
    const record = host.memory.events.at(-1)!
    return record.type === 'event' ? record.event.attributes : undefined
  }
  const dropped = () => host.memory.value('tidegauge_dropped_event_attributes_total', { plugin: 'p' })
  return { ...host, events, emitted, dropped }
}

describe('attributes that are declared', () => {
  test('reach the listeners as they are: texts, numbers and booleans', async () => {
    const { emitted, dropped } = await startWith({ a: {}, b: {}, c: {} })
    expect(emitted({ a: 'x', b: 5, c: false })).toEqual({ a: 'x', b: 5, c: false })
    expect(dropped()).toBeUndefined()
  })

  test('with a privacy class are shown as the host’s rules say', async () => {
    const table = { who: { privacy: 'account' }, peer: { privacy: 'peer_id' } } as const
    const given = { who: account, peer: account }
    const byDefault = (await startWith(table)).emitted(given)
    expect(byDefault).toEqual({
      who: expect.stringMatching(/^[0-9a-f]{16}$/),
      peer: `*${account.slice(-10)}`,
    })
    const changed = await startWith(table, { account: 'drop', peer_id: 'keep' })
    expect(changed.emitted(given)).toEqual({ peer: account })
    // dropped by a rule, not for want of a declaration
    expect(changed.dropped()).toBeUndefined()
  })

  test('have the hash that labels of the same class have', async () => {
    const { emitted, tidegauge, memory } = await startWith({ who: { privacy: 'account' } })
    const { c } = tidegauge.instruments('app', {
      c: { kind: 'counter', name: 'c', help: 'C', labels: { who: { privacy: 'account' } } },
    })
    c.inc({ who: account })
    expect(memory.read({ names: new Set(['c']) })[0].series[0].labels).toEqual(emitted({ who: account }))
  })

  test('are shown so in activities, at their begin and their end', async () => {
    const { events, memory } = await startWith({ who: { privacy: 'account' } }, { account: 'shorten' })
    events.begin('transfer', { attributes: { who: account } }).end({ attributes: { who: account } })
    const shown = { attributes: { who: `*${account.slice(-10)}` } }
    expect(memory.events).toMatchObject([
      { type: 'begin', ...shown },
      { type: 'end', ...shown },
    ])
  })

  test('may be called like members of the object prototype', async () => {
    const { emitted, dropped } = await startWith({ constructor: {} })
    expect(emitted({ constructor: 'x', toString: 'y' })).toEqual({ constructor: 'x' })
    expect(dropped()).toBe(1)
  })
})

describe('attributes that are not declared', () => {
  test('are dropped and counted, and the first of a plugin is logged', async () => {
    const { emitted, dropped, log } = await startWith({ a: {} })
    for (let i = 0; i < 3; i++) expect(emitted({ a: 'x', secret: account, other: 1 })).toEqual({ a: 'x' })
    expect(dropped()).toBe(6)
    expect(log.join()).not.toContain(account)
    expect(log.filter((line) => line.includes('is not in its eventAttributes'))).toEqual([
      'warn plugin "p": event attribute "secret" is not in its eventAttributes and was dropped; declare it there, later ones are only counted',
    ])
  })

  test('are all, in a plugin without a table; its events come without them', async () => {
    const { emitted, dropped } = await startWith(undefined)
    expect(emitted({ a: 'x' })).toEqual({})
    expect(dropped()).toBe(1)
  })
})

test('attributes of the wrong shape do not keep an activity from its end', async () => {
  const { events, memory } = await startWith({ a: {} })
  for (const attributes of [null, 5, 'x', []] as never[])
    events.begin('x', { attributes }).end({ attributes })
  expect(memory.events.filter(({ type }) => type === 'end')).toHaveLength(4)
})
