import { safeGet, safeGetMethod } from '@tidegauge/attach'
import { describe, expect, it } from 'vitest'

describe('a property of an object that is not ours', () => {
  it('is undefined where there is no object, no property, or a getter that throws', () => {
    const throwing = {
      get libp2p(): never {
        throw new Error('not started')
      },
    }
    expect([
      safeGet(undefined, 'a'),
      safeGet('text', 'length'),
      safeGet({}, 'a'),
      safeGet(throwing, 'libp2p'),
    ]).toEqual(Array(4).fill(undefined))
    expect([safeGet({ a: 1 }, 'a'), safeGetMethod({ a: 1 }, 'a')]).toEqual([1, undefined])
  })
})
