import { describe, expect, it } from 'vitest'
import { WantAges } from '../../src/wants/want-ages.js'

describe('the age of a want', () => {
  it('counts from the first read, and is that of the oldest want', () => {
    const ages = new WantAges()
    const [first, second] = [{ cancel: false }, { cancel: false }]
    expect(ages.read([first], 1_000)).toEqual({ size: 1, oldestSeconds: 0 })
    expect(ages.read([second, first], 3_500)).toEqual({ size: 2, oldestSeconds: 2.5 })
    first.cancel = true
    expect(ages.read([second, first], 4_000)).toEqual({ size: 1, oldestSeconds: 0.5 })
    expect(ages.read([], 5_000)).toEqual({ size: 0, oldestSeconds: 0 })
  })

  it('counts from the moment at which the want was added', () => {
    const ages = new WantAges()
    const want = {}
    ages.add(want, 500)
    expect(ages.read([want], 1_500)).toEqual({ size: 1, oldestSeconds: 1 })
  })
})
