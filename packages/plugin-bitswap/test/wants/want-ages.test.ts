import { describe, expect, it } from 'vitest'
import { WantAges } from '../../src/wants/want-ages.js'

describe('ages of wants', () => {
  it('begin with the first look, and are those of the oldest that is still wanted', () => {
    const ages = new WantAges()
    const [first, second] = [{ cancel: false }, { cancel: false }]
    expect(ages.look([first], 1_000)).toEqual({ size: 1, oldestSeconds: 0 })
    expect(ages.look([second, first], 3_500)).toEqual({ size: 2, oldestSeconds: 2.5 })
    first.cancel = true
    expect(ages.look([second, first], 4_000)).toEqual({ size: 1, oldestSeconds: 0.5 })
    expect(ages.look([], 5_000)).toEqual({ size: 0, oldestSeconds: 0 })
  })

  it('begin with a note where there is one', () => {
    const ages = new WantAges()
    const want = {}
    ages.note(want, 500)
    expect(ages.look([want], 1_500)).toEqual({ size: 1, oldestSeconds: 1 })
  })
})
