import { UndoList } from '@tidegauge/attach'
import { LogOnce, systemClock, type Clock } from '@tidegauge/core'
import { onTestFinished } from 'vitest'
import { AdvertisementTally } from '../../../src/advertisement/tally.js'
import { watchAdvertisements, type AdvertisingNode } from '../../../src/advertisement/watch.js'

/** Watches a node, and keeps what is told about it. */
export function watch(node: AdvertisingNode, clock: Clock = systemClock) {
  const tally = new AdvertisementTally()
  const undo = new UndoList()
  const logOnce = new LogOnce()
  const told: string[] = []
  const tell = (message: unknown): void => void told.push(String(message))
  const logger = { debug: tell, info: tell, warn: tell, error: tell }
  logOnce.useLogger(logger)
  const look = (): void => watchAdvertisements(node, tally, { clock, logOnce, logger }, undo)
  look()
  onTestFinished(() => undo.run())
  return { tally, undo, told, look, counts: () => countsOf(tally) }
}

/** The counts alone, without times. */
export function countsOf({ dht, delegated, skipped }: AdvertisementTally) {
  return {
    dht: [dht.success, dht.failure],
    delegated: [delegated.success, delegated.failure],
    skipped,
  }
}
