import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { debtRatio, readDebts } from '../../src/ledgers/debts.js'
import { runs } from '@tidegauge/testkit'

const ledger = fc.record({ bytesSent: fc.nat(1_000), bytesReceived: fc.nat(20) })

describe('debts', () => {
  it('are the five largest ratios above zero, the largest first', () => {
    fc.assert(
      fc.property(fc.array(ledger, { maxLength: 40 }), (ledgers) => {
        const named = ledgers.map((one, i) => ({ ...one, name: `p${i}` }))
        const { maxDebtRatio, topDebtors } = readDebts(named, ({ name }) => name)
        const ratios = ledgers.map(debtRatio).filter((ratio) => ratio > 0)
        ratios.sort((a, b) => b - a)
        expect(topDebtors.map(({ ratio }) => ratio)).toEqual(ratios.slice(0, 5))
        expect(maxDebtRatio).toBe(ratios[0] ?? 0)
        for (const { peer, ratio, sentBytes, receivedBytes } of topDebtors) {
          const { bytesSent, bytesReceived } = named.find(({ name }) => name === peer)!
          expect([sentBytes, receivedBytes, ratio]).toEqual([
            bytesSent,
            bytesReceived,
            bytesSent / (bytesReceived + 1),
          ])
        }
        expect(new Set(topDebtors.map(({ peer }) => peer)).size).toBe(topDebtors.length)
      }),
      { numRuns: runs(500) },
    )
  })

  it('leave out ledgers without numbers, and ask for five names at most', () => {
    let asked = 0
    const many = Array.from({ length: 100 }, (_, i) => ({ bytesSent: i, bytesReceived: 0 }))
    const broken = { bytesSent: undefined as never, bytesReceived: 0 }
    const { topDebtors } = readDebts([broken, ...many, broken], () => `p${asked++}`)
    expect(topDebtors.map(({ ratio }) => ratio)).toEqual([99, 98, 97, 96, 95])
    expect(asked).toBe(5)
  })
})
