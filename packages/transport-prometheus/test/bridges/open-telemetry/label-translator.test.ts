import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LabelTranslator, translateKey } from '../../../src/bridges/open-telemetry/label-translator.js'

const labels = (attributes: Record<string, unknown>, extra = {}, kind: any = 'counter') => ({
  ...new LabelTranslator().labels(attributes, kind, extra),
})

describe('labels of attributes', () => {
  test.each([
    ['http.request.method', 'http_request_method'],
    ['a--b..c__d', 'a_b_c_d'],
    ['2nd', 'key_2nd'],
    ['_private', 'key_private'],
    ['__name__', 'key_name_'],
    ['', 'key'],
    ['ü', 'key_'],
    ['le', 'le'],
  ])('%s becomes %s', (key, expected) => {
    expect(translateKey(key)).toBe(expected)
  })

  test('have strings as they are, and other values as JSON', () => {
    const attributes = { a: 'x', b: 1.5, c: true, d: ['x', 2], e: undefined, f: null, g: 10n }
    expect(labels(attributes)).toEqual({ a: 'x', b: '1.5', c: 'true', d: '["x",2]', f: 'null' })
  })

  test('of keys that become the same label are joined in the order of the keys', () => {
    const expected = { a_b: 'dot;dash;under' }
    expect(labels({ a_b: 'under', 'a.b': 'dash', 'a-b': 'dot' })).toEqual(expected)
    expect(labels({ 'a.b': 'dash', 'a-b': 'dot', a_b: 'under' })).toEqual(expected)
  })

  test('do not use the reserved label of a histogram', () => {
    expect(labels({ le: '1' }, {}, 'histogram')).toEqual({ key_le: '1' })
    expect(labels({ le: '1' }, {}, 'exponential_histogram')).toEqual({ key_le: '1' })
    expect(labels({ le: '1' })).toEqual({ le: '1' })
  })

  test('do not replace those of the scope', () => {
    expect(labels({ 'otel.scope.name': 'mine' }, { otel_scope_name: 'real' })).toEqual({
      otel_scope_name: 'real',
    })
  })

  test('have valid names, also for keys that are names of object properties', () => {
    expect(labels(JSON.parse('{"__proto__": "p", "constructor": "c"}'))).toEqual({
      key_proto_: 'p',
      constructor: 'c',
    })
    fc.assert(
      fc.property(fc.string(), (key) => {
        expect(translateKey(key)).toMatch(/^[a-zA-Z][a-zA-Z0-9_]*$/)
      }),
    )
  })
})
