import { apiLevel, definePlugin } from '@tidegauge/core'
import { describe, expect, expectTypeOf, test } from 'vitest'

describe('definePlugin', () => {
  test('returns the plugin as it is, with handles typed by its table', () => {
    const plugin = {
      name: 'p',
      version: '1.0.0',
      apiLevel,
      instruments: { c: { kind: 'counter', name: 'c_total', help: 'C', labels: { way: ['in', 'out'] } } },
    } as const
    expect(definePlugin(plugin)).toBe(plugin)
    definePlugin({
      ...plugin,
      start({ instruments }) {
        expectTypeOf(instruments.c.inc).parameter(0).toEqualTypeOf<{ readonly way: 'in' | 'out' }>()
        // @ts-expect-error there is no such value
        instruments.c.inc({ way: 'up' })
      },
    })
  })
})
