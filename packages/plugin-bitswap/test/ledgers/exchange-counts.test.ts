import { describe, expect, it } from 'vitest'
import { ExchangeCounts } from '../../src/ledgers/exchange-counts.js'

describe('the total of exchanges', () => {
  it('contains all that a new ledger has counted, and what an old one counts from now on', () => {
    const counts = new ExchangeCounts()
    const [old, fresh] = [{ exchangeCount: 7 }, { exchangeCount: 2 }]
    counts.addOld([old])
    counts.addNew(fresh)
    counts.addNew(old)
    expect(counts.update(() => false)).toBe(2)
    old.exchangeCount += 3
    expect(counts.update(() => false)).toBe(5)
  })

  it('adds a finished ledger up one last time, and removes it', () => {
    const counts = new ExchangeCounts()
    const ledger = { exchangeCount: 1 }
    counts.addNew(ledger)
    expect(counts.update(() => false)).toBe(1)
    ledger.exchangeCount = 4
    expect(counts.update(() => true)).toBe(4)
    expect(counts.size).toBe(0)
    ledger.exchangeCount = 9
    expect(counts.update(() => false)).toBe(4)
  })

  it('is due for an update after a thousand new ledgers, or twice those that the last update kept', () => {
    const counts = new ExchangeCounts()
    const add = (count: number): void => {
      for (let i = 0; i < count; i++) counts.addNew({ exchangeCount: 1 })
    }
    add(999)
    expect(counts.isDue).toBe(false)
    add(1)
    expect(counts.isDue).toBe(true)
    expect(counts.update(() => false)).toBe(1_000)
    add(999)
    expect(counts.isDue).toBe(false)
    add(1)
    expect(counts.isDue).toBe(true)
    expect(counts.update(() => true)).toBe(2_000)
    add(1_000)
    expect(counts.isDue).toBe(true)
  })

  it('never falls, whatever a ledger counts', () => {
    const counts = new ExchangeCounts()
    const ledger = { exchangeCount: 5 }
    counts.addNew(ledger)
    expect(counts.update(() => false)).toBe(5)
    ledger.exchangeCount = 0
    expect(counts.update(() => false)).toBe(5)
    ledger.exchangeCount = Number.NaN
    expect(counts.update(() => true)).toBe(5)
  })
})
