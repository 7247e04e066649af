import type { Handles } from '@tidegauge/core'
import type { AdvertisementTotals } from './advertisement/counts.js'
import { TOP_DEBTORS, type Debts } from './ledgers/debts.js'
import type { instruments } from './metrics.js'
import type { BitswapSnapshot } from './source.js'
import { sendFailureReasons } from './traffic/counts.js'

type To = Handles<typeof instruments>

const directions = ['sent', 'received'] as const
const targets = ['dht', 'delegated'] as const
const ranks = ['1', '2', '3', '4', '5'] as const

/** Writes a snapshot into the instruments. */
export function report(snapshot: BitswapSnapshot, to: To): void {
  reportTraffic(snapshot, to)
  const { exchanges, peers, wantlist, sendQueue, debts, advertisements } = snapshot
  if (exchanges !== undefined) to.exchanges.setTotal(exchanges)
  if (peers !== undefined) to.peers.set(peers)
  if (wantlist !== undefined) {
    to.wantlistSize.set(wantlist.size)
    to.oldestWant.set(wantlist.oldestSeconds)
  }
  if (sendQueue !== undefined) to.sendQueue.set(sendQueue)
  if (debts !== undefined) reportDebts(debts, to)
  if (advertisements !== undefined) reportAdvertisements(advertisements, to)
}

function reportTraffic(snapshot: BitswapSnapshot, to: To): void {
  for (const direction of directions) {
    const totals = snapshot[direction]
    to.bytes.setTotal({ direction }, totals.bytes)
    to.blocks.setTotal({ direction }, totals.blocks)
    to.have.setTotal({ direction }, totals.have)
    to.dontHave.setTotal({ direction }, totals.dontHave)
    to.wants.setTotal({ direction }, totals.wants)
    to.messages.setTotal({ direction }, totals.messages)
    to.cancels.setTotal({ direction }, totals.cancels)
  }
  const { failedSends } = snapshot
  if (failedSends === undefined) return
  for (const reason of sendFailureReasons) to.sendFailures.setTotal({ reason }, failedSends[reason])
}

function reportDebts({ maxDebtRatio, topDebtors }: Debts, to: To): void {
  to.maxDebtRatio.set(maxDebtRatio)
  const owing = topDebtors.filter(({ ratio }) => ratio > 0).slice(0, TOP_DEBTORS)
  for (const [i, { peer, ratio, sentBytes, receivedBytes }] of owing.entries()) {
    const rank = ranks[i]
    to.topDebtorRatio.set({ peer, rank }, ratio)
    to.topDebtorBytes.set({ peer, rank, direction: 'sent' }, sentBytes)
    to.topDebtorBytes.set({ peer, rank, direction: 'received' }, receivedBytes)
  }
}

function reportAdvertisements(totals: AdvertisementTotals, to: To): void {
  for (const target of targets) {
    const { success, failure, lastSuccessMs } = totals[target]
    to.advertisements.setTotal({ target, result: 'success' }, success)
    to.advertisements.setTotal({ target, result: 'failure' }, failure)
    if (lastSuccessMs !== undefined) to.advertisementLastSuccess.set({ target }, lastSuccessMs / 1000)
  }
  to.advertisements.setTotal({ target: 'all', result: 'skipped' }, totals.skipped)
  if (totals.lastAttemptMs !== undefined) to.advertisementLastAttempt.set(totals.lastAttemptMs / 1000)
}
