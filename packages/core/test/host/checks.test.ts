import { createTidegauge, type Plugin, type Transport } from '@tidegauge/core'
import { createMemoryTransport } from '@tidegauge/testkit'
import { describe, expect, test } from 'vitest'
import { createPlugin } from '../support/plugin.js'

const transport: Transport = { name: 't', version: '1.0.0', apiLevel: 1, start() {} }
const use = (plugin: unknown) => () => createTidegauge().use(plugin as Plugin)
const add = (given: unknown) => () => createTidegauge().export(given as Transport)
const coded = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('a plugin or transport', () => {
  test('that is not an object, or has no name, is refused in words', () => {
    const code = 'REGISTRATION_INVALID_PLUGIN'
    expect(use(() => {})).toThrow(coded(code, 'plugin "?": was a function, expected an object; call'))
    expect(use(undefined)).toThrow(coded(code, 'was undefined'))
    expect(add(null)).toThrow(coded(code, 'transport "?": was null'))
    for (const name of [undefined, '', 'Upper', '1st', 'a b', 'a\n', 5])
      expect(use(createPlugin({ name: name as string }))).toThrow(coded(code, 'name was'))
  })

  test('without a table, or without a start, is refused in words', () => {
    expect(use({ ...createPlugin({ name: 'p' }), instruments: undefined })).toThrow(
      coded('REGISTRATION_INVALID_PLUGIN', 'plugin "p": instruments was undefined, expected a table'),
    )
    expect(add({ ...transport, start: 5 })).toThrow(
      coded('REGISTRATION_INVALID_PLUGIN', 'transport "t": start was '),
    )
  })

  test('may not take the name of the host’s own metrics', () => {
    expect(use(createPlugin({ name: 'tidegauge' }))).toThrow(
      coded('REGISTRATION_INVALID_PLUGIN', "host's own"),
    )
  })

  test('of another API level is refused, and reported which side is the older', () => {
    expect(use(createPlugin({ name: 'p', apiLevel: 2 }))).toThrow(
      coded(
        'REGISTRATION_API_LEVEL',
        'written for API level 2, @tidegauge/core here has level 1; the core is older than the plugin: update it',
      ),
    )
    expect(use(createPlugin({ name: 'p', apiLevel: 0 }))).toThrow(
      coded('REGISTRATION_API_LEVEL', 'the plugin is older than the core: update it'),
    )
    expect(add({ ...transport, apiLevel: 2 })).toThrow(coded('REGISTRATION_API_LEVEL', 'transport "t"'))
  })

  test('may be there once; instances of a plugin are told apart by their labels', () => {
    const plugin = () => createPlugin({ name: 'p' })
    const host = createTidegauge()
      .use(plugin())
      .use(plugin(), { labels: { node: 'a', zone: 'b' } })
    expect(() => host.use(plugin())).toThrow(
      coded(
        'REGISTRATION_DUPLICATE_PLUGIN',
        'plugin "p" is in use already; give each instance labels of its own',
      ),
    )
    expect(() => host.use(plugin(), { labels: { zone: 'b', node: 'a' } })).toThrow(
      coded('REGISTRATION_DUPLICATE_PLUGIN', 'plugin "p{node=a,zone=b}"'),
    )
    expect(() => host.use(plugin(), { labels: { node: 'a,zone=b' } })).not.toThrow()
    expect(() => host.export(createMemoryTransport('t')).export(createMemoryTransport('t'))).toThrow(
      coded('REGISTRATION_DUPLICATE_TRANSPORT', 'transport "t" is there already'),
    )
  })

  test('that is routed to a transport which is not there is reported at the start', async () => {
    const host = createTidegauge()
      .use(createPlugin({ name: 'p' }), { transports: ['constructor', 'memory', 'prometeus'] })
      .export(createMemoryTransport())
    await expect(host.start()).rejects.toMatchObject({
      code: 'OPTIONS_UNKNOWN_TRANSPORT',
      message: expect.stringMatching(
        /"constructor".*"prometeus", expected one of the host's transports: "memory"$/,
      ),
    })
    expect(host.state).toBe('new')
    const without = createTidegauge().use(createPlugin({ name: 'p' }), { transports: ['x'] })
    await expect(without.start()).rejects.toThrow(
      'a transport that was added with export(), of which there is none',
    )
  })
})
