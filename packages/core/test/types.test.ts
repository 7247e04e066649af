/** Mostly held by the compiler: `npm test` type-checks the tests, expected errors included. */
import {
  createTidegauge,
  defineInstruments,
  instruments,
  type Counter,
  type Handles,
  type LabelledCounter,
  type LabelledGauge,
  type LabelledTimer,
  type LabelValue,
  type StateSet,
} from '@tidegauge/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { startRecording } from './support/recording.js'

const table = defineInstruments({
  plain: { kind: 'counter', name: 'plain_total', help: 'P' },
  none: { kind: 'counter', name: 'none_total', help: 'N', labels: {} },
  mixed: { kind: 'counter', name: 'mixed_total', help: 'M', labels: { way: ['in', 'out'], peer: {} } },
  long: {
    kind: 'gauge',
    name: 'long',
    help: 'L',
    labels: { way: { values: ['in'] }, peer: { privacy: 'peer_id' } },
  },
  timer: { kind: 'timer', name: 'timer_seconds', help: 'T', labels: { way: ['in'] } },
  states: { kind: 'state_set', name: 'states', help: 'S', states: ['on', 'off'] },
  rate: { kind: 'rate', name: 'rate', help: 'R', of: 'mixed' },
})
type H = Handles<typeof table>

describe('types', () => {
  test('of instruments follow the table', () => {
    expectTypeOf<H['plain']>().toEqualTypeOf<Counter>()
    expectTypeOf<H['none']>().toEqualTypeOf<Counter>()
    expectTypeOf<H['mixed']>().toEqualTypeOf<
      LabelledCounter<{ readonly way: 'in' | 'out'; readonly peer: LabelValue }>
    >()
    expectTypeOf<H['long']>().toEqualTypeOf<
      LabelledGauge<{ readonly way: 'in'; readonly peer: LabelValue }>
    >()
    expectTypeOf<H['timer']>().toEqualTypeOf<LabelledTimer<{ readonly way: 'in' }>>()
    expectTypeOf<H['states']>().toEqualTypeOf<StateSet<'on' | 'off'>>()
    expectTypeOf<H['rate']>().toEqualTypeOf<undefined>()
  })

  test('drop wrong label names, values and states', async () => {
    const { instruments, dropped } = await startRecording(table)
    instruments.mixed.inc({ way: 'in', peer: 'x' })
    // @ts-expect-error a label is missing
    instruments.mixed.inc({ way: 'in' })
    // @ts-expect-error a label is misspelled
    instruments.mixed.inc({ way: 'in', pear: 'x' })
    // @ts-expect-error a value is not of the closed list
    instruments.mixed.inc({ way: 'up', peer: 'x' })
    // @ts-expect-error a value is no text
    instruments.mixed.inc({ way: 'in', peer: {} })
    // @ts-expect-error there is no such state
    instruments.states.set('broken')
    // @ts-expect-error a plain counter takes no labels
    instruments.plain.inc({ way: 'in' })
    // @ts-expect-error a counter does not go down
    expect(instruments.plain.dec).toBeUndefined()
    // @ts-expect-error the bound series has its labels already
    instruments.mixed.labels({ way: 'in', peer: 'x' }).inc({ way: 'in', peer: 'x' })
    expect(dropped()).toEqual({
      label_missing: 2,
      label_value: 1,
      label_type: 1,
      unknown_state: 1,
      not_a_number: 2,
    })
  })

  test('drop a definition that makes no sense', () => {
    // @ts-expect-error there is no such kind
    defineInstruments({ x: { kind: 'meter', name: 'x', help: 'X' } })
    // @ts-expect-error a state set has states
    defineInstruments({ x: { kind: 'state_set', name: 'x', help: 'X' } })
    // @ts-expect-error a histogram has bounds, not buckets
    defineInstruments({ x: { kind: 'histogram', name: 'x', help: 'X', buckets: [1] } })
    // @ts-expect-error a counter has no bounds
    void (() => instruments('x', { x: { kind: 'counter', name: 'x', help: 'X', bounds: [1] } }))
    const host = createTidegauge()
    // @ts-expect-error labels are an object, not a list of names
    const add = () => host.instruments('x', { x: { kind: 'counter', name: 'x', help: 'X', labelNames: [] } })
    expect(add).toThrow('labelNames is not a field of a counter, did you mean "labels"?')
    // @ts-expect-error there is no such privacy class
    defineInstruments({ x: { kind: 'gauge', name: 'x', help: 'X', labels: { a: { privacy: 'secret' } } } })
    expectTypeOf(defineInstruments({})).toEqualTypeOf<{}>()
  })
})
