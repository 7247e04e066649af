import * as attach from '@tidegauge/attach'
import { expect, it } from 'vitest'

it('exports exactly these names', () => {
  expect(Object.keys(attach).sort()).toEqual([
    'BoundedNames',
    'OTHER_NAME',
    'UndoList',
    'describeRouter',
    'findContentRouters',
    'isFunction',
    'isKadDht',
    'isObject',
    'isThenable',
    'leadsToLibp2p',
    'observeCall',
    'observeGenerator',
    'replaceMethod',
    'safeGet',
    'safeGetMethod',
    'waitWithinPass',
    'wrapMethod',
  ])
})
