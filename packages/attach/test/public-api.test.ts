import * as attach from '@tidegauge/attach'
import { expect, it } from 'vitest'

it('exports exactly these names', () => {
  expect(Object.keys(attach).sort()).toEqual([
    'UndoList',
    'isFunction',
    'isObject',
    'isThenable',
    'observeCall',
    'observeGenerator',
    'replaceMethod',
    'safeGet',
    'safeGetMethod',
    'waitWithinPass',
    'wrapMethod',
  ])
})
