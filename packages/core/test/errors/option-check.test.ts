import { OptionCheck, OptionsError } from '@tidegauge/core'
import { describe, expect, test } from 'vitest'

describe('option check', () => {
  test('returns good values, and fallbacks for what is left out', () => {
    const check = new OptionCheck('x')
    expect([
      check.integer('a', 5, 1, 0),
      check.integer('a', undefined, 1, 0),
      check.text('a', 'b', 'c'),
      check.text('a', undefined, 'c'),
      check.flag('a', false, true),
      check.choice('a', 'on', 'off', ['on', 'off']),
      check.labels('a', { b: 'c' }),
      check.labels('a', undefined),
    ]).toEqual([5, 1, 'b', 'c', false, 'on', { b: 'c' }, {}])
    check.assertNoIssues()
  })

  test('reports everything that is wrong in one error, with path, received and expected', () => {
    const check = new OptionCheck('transport "x"')
    check.integer('port', '80', 1, 0, 65_535)
    check.integer('size', 1.5, 1, 1)
    check.text('host', '', 'h')
    check.flag('gzip', 'yes', true)
    check.choice('mode', 'constructor', 'a', ['a', 'b'])
    check.labels('labels', { 'a-b': 'c' })
    check.labels('others', { a: 5 })
    check.object('tls', [], ['key'])
    check.object('auth', { usr: 1 }, ['user'])
    expect(() => check.assertNoIssues()).toThrow(OptionsError)
    try {
      check.assertNoIssues()
    } catch (thrown) {
      const error = thrown as OptionsError
      expect(error.code).toBe('OPTIONS_INVALID')
      expect(error.issues.map(({ path }) => path)).toEqual([
        'port',
        'size',
        'host',
        'gzip',
        'mode',
        'labels',
        'others',
        'tls',
        'auth.usr',
      ])
      expect(error.message).toMatch(
        /^transport "x": option port was "80", expected an integer from 0 to 65535; option size was 1\.5, /,
      )
      expect(error.message).not.toContain('\n')
    }
  })

  test('does not take a member of the object prototype for a known option', () => {
    const check = new OptionCheck('x')
    check.object('', { constructor: 1, ['__proto__']: 2 }, ['name'])
    expect(check.issues.map(({ path }) => path)).toEqual(['constructor', '__proto__'])
  })
})
