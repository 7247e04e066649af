import { LogOnce, systemClock, type Clock } from '@tidegauge/core'
import { onTestFinished } from 'vitest'
import { AdvertisementCounts } from '../../src/advertisement/counts.js'
import { AttachedObjects } from '../../src/helia/advertisement/attached-objects.js'
import { watchAdvertisements, type AdvertisingNode } from '../../src/helia/advertisement/watch.js'
import { ShapeCheck } from '../../src/helia/shape-check.js'

/** Watches a node's advertisements. Keeps what it lacks, and the messages that are logged, without their level. */
export function watch(node: AdvertisingNode, clock: Clock = systemClock) {
  const counts = new AdvertisementCounts()
  const logOnce = new LogOnce()
  const log: string[] = []
  const keep = (message: string): void => void log.push(message)
  const logger = { debug: keep, info: keep, warn: keep, error: keep }
  logOnce.useLogger(logger)
  const attached = new AttachedObjects(logOnce)
  const shape = new ShapeCheck()
  const watchAgain = (): void =>
    watchAdvertisements(node, { counts, clock, logger, logOnce, attached, shape })
  watchAgain()
  onTestFinished(() => attached.detachAll())
  return {
    counts,
    log,
    shape,
    watchAgain,
    detach: () => attached.detachAll(),
    totals: () => totalsOf(counts),
  }
}

/** The counts alone, without times: `[success, failure]` for each target. */
export function totalsOf({ dht, delegated, skipped }: AdvertisementCounts) {
  return {
    dht: [dht.success, dht.failure],
    delegated: [delegated.success, delegated.failure],
    skipped,
  }
}
