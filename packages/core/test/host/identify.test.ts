import { createTidegauge, type Plugin, type Transport } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'

const plugin = { name: 'p', version: '1.0.0', apiLevel: 1, instruments: {} }
const transport = { name: 't', version: '1.0.0', apiLevel: 1, start() {} }
const use = (given: object) => () => createTidegauge().use(given as Plugin)
const add = (given: object) => () => createTidegauge().export(given as Transport)
const throwing = (component: object, key: string): object =>
  Object.defineProperty({ ...component }, key, {
    get: () => {
      throw new Error('not ready')
    },
  })

describe('a plugin or transport is refused when it is added', () => {
  test('without a version that is a string, which would end the process on a page (issue 10, 14)', () => {
    for (const version of [undefined, null, 1, Symbol('v')]) {
      expect(use({ ...plugin, version })).toThrow('plugin "p": version was')
      expect(add({ ...transport, version })).toThrow('transport "t": version was')
    }
  })

  test('when a getter of it throws (issue 10, 14)', () => {
    for (const key of ['name', 'version', 'apiLevel', 'instruments'])
      expect(use(throwing(plugin, key)), key).toThrow(`its ${key} could not be read: not ready`)
    expect(add(throwing(transport, 'flush'))).toThrow('its flush could not be read: not ready')
  })

  test('when a method is something else, in words that say what came', () => {
    expect(use({ ...plugin, collect: 5 })).toThrow('plugin "p": collect was 5, expected a function')
    expect(add({ ...transport, describe: 'x' })).toThrow(
      'transport "t": describe was "x", expected a function',
    )
  })

  test('without an apiLevel, with the advice to set it, not to update (issue 10, 11)', () => {
    const { apiLevel: _, ...without } = plugin
    expect(use(without)).toThrow(
      'plugin "p" 1.0.0 has apiLevel undefined, expected a number, and @tidegauge/core here has level 1; set apiLevel: 1 in it',
    )
  })
})

test('what a transport shows of itself is copied as text, so that no page trips over it (issue 10, 14)', async () => {
  const odd = {
    ...transport,
    name: 'odd',
    describe: () =>
      ({
        url: 5,
        get path(): string {
          throw new Error('gone')
        },
      }) as never,
  }
  const host = createTidegauge({ selfMetrics: 'off' }).export(odd)
  await host.start()
  expect(JSON.parse(JSON.stringify(host.describe().transports))).toMatchObject([
    { name: 'odd', details: { error: 'gone' } },
  ])
  await host.stop()
})
