/** A peer that got more from us than it gave. */
export interface Debtor {
  /** The peer's id as text. */
  readonly peer: string
  /** Bytes sent, divided by bytes received plus one: bitswap's debt ratio. */
  readonly ratio: number
  readonly sentBytes: number
  readonly receivedBytes: number
}

/** What the ledgers tell. */
export interface Debts {
  /** The largest debt ratio; 0 when nobody owes. */
  readonly maxDebtRatio: number
  /** The peers that owe most, the first of them most; at most five are exported, and none that owes nothing. */
  readonly topDebtors: readonly Debtor[]
}

/** Bytes of blocks that were exchanged with one peer. */
export interface LedgerBytes {
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** How many debtors are told apart. */
export const TOP_DEBTORS = 5

/** Bitswap's debt ratio; the one added keeps a peer that gave nothing from dividing by zero. */
export function debtRatio({ bytesSent, bytesReceived }: LedgerBytes): number {
  return bytesSent / (bytesReceived + 1)
}

/** Picks the five that owe most in one walk over numbers; only theirs are turned into text. */
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
