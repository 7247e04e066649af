/** A peer that received more from this node than it gave. */
export interface Debtor {
  /** The peer's id as text. */
  readonly peer: string
  /** Bytes sent, divided by bytes received plus one: bitswap's debt ratio. */
  readonly ratio: number
  readonly sentBytes: number
  readonly receivedBytes: number
}

/** The debts of all peers. */
export interface Debts {
  /** The largest debt ratio; 0 when no peer has a debt. */
  readonly maxDebtRatio: number
  /** The peers with the largest ratios, largest first. Five are exported at most, and none with the ratio 0. */
  readonly topDebtors: readonly Debtor[]
}

/** Bytes of blocks that were exchanged with one peer. */
export interface LedgerBytes {
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** How many debtors are exported. */
export const TOP_DEBTORS = 5

/** Bitswap's debt ratio. The added one avoids a division by zero. */
export function debtRatio({ bytesSent, bytesReceived }: LedgerBytes): number {
  return bytesSent / (bytesReceived + 1)
}

/** Finds the five largest debts in one pass. Calls `nameOf` for these only. */
export function readDebts<L extends LedgerBytes>(ledgers: Iterable<L>, nameOf: (ledger: L) => string): Debts {
  const top: L[] = []
  const ratios: number[] = []
  for (const ledger of ledgers) {
    const ratio = debtRatio(ledger)
    const isIn = ratio > (ratios.length < TOP_DEBTORS ? 0 : ratios[TOP_DEBTORS - 1])
    if (!isIn) continue
    let rank = ratios.length
    while (rank > 0 && ratios[rank - 1] < ratio) rank--
    ratios.splice(rank, 0, ratio)
    top.splice(rank, 0, ledger)
    ratios.length = Math.min(ratios.length, TOP_DEBTORS)
    top.length = ratios.length
  }
  const topDebtors = top.map((ledger, rank) => ({
    peer: nameOf(ledger),
    ratio: ratios[rank],
    sentBytes: ledger.bytesSent,
    receivedBytes: ledger.bytesReceived,
  }))
  return { maxDebtRatio: ratios[0] ?? 0, topDebtors }
}
