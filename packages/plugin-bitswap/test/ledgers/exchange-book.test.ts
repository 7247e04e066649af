import { describe, expect, it } from 'vitest'
import { ExchangeBook } from '../../src/ledgers/exchange-book.js'

describe('the book of exchanges', () => {
  it('takes a new ledger with all that it has counted, and an old one from now on', () => {
    const book = new ExchangeBook()
    const [old, fresh] = [{ exchangeCount: 7 }, { exchangeCount: 2 }]
    book.begin([old])
    book.meet(fresh)
    book.meet(old)
    expect(book.settle(() => false)).toBe(2)
    old.exchangeCount += 3
    expect(book.settle(() => false)).toBe(5)
  })

  it('looks at a ledger once more when it is over, and forgets it then', () => {
    const book = new ExchangeBook()
    const ledger = { exchangeCount: 1 }
    book.meet(ledger)
    expect(book.settle(() => false)).toBe(1)
    ledger.exchangeCount = 4
    expect(book.settle(() => true)).toBe(4)
    expect(book.size).toBe(0)
    ledger.exchangeCount = 9
    expect(book.settle(() => false)).toBe(4)
  })

  it('is full with a thousand new ledgers, and with twice those that settling leaves', () => {
    const book = new ExchangeBook()
    const add = (count: number): void => {
      for (let i = 0; i < count; i++) book.meet({ exchangeCount: 1 })
    }
    add(999)
    expect(book.isFull).toBe(false)
    add(1)
    expect(book.isFull).toBe(true)
    expect(book.settle(() => false)).toBe(1_000)
    add(999)
    expect(book.isFull).toBe(false)
    add(1)
    expect(book.isFull).toBe(true)
    expect(book.settle(() => true)).toBe(2_000)
    add(1_000)
    expect(book.isFull).toBe(true)
  })

  it('never falls, whatever a ledger does', () => {
    const book = new ExchangeBook()
    const ledger = { exchangeCount: 5 }
    book.meet(ledger)
    expect(book.settle(() => false)).toBe(5)
    ledger.exchangeCount = 0
    expect(book.settle(() => false)).toBe(5)
    ledger.exchangeCount = Number.NaN
    expect(book.settle(() => true)).toBe(5)
  })
})
