import type { Undo, UndoList } from '@tidegauge/attach'
import type { Clock, Logger, LogOnce } from '@tidegauge/core'
import type { AdvertisementTally } from './tally.js'

/** What everything that watches a node counts into. */
export interface Feed {
  readonly tally: AdvertisementTally
  readonly clock: Clock
  readonly logOnce: LogOnce
  /** What begins and ends is told here; things to tell once go to `logOnce`. */
  readonly logger: Logger
  readonly undo: UndoList
}

/** Attaches to `source`, unless it feeds the tally already. One that refuses is told, and the rest goes on. */
export function attachOnce(feed: Feed, what: string, source: object, attach: () => Undo): void {
  const { tally, logOnce, undo } = feed
  if (!tally.claim(source)) return
  const detach = logOnce.guard(`attaching to ${what}`, attach)
  undo.add(() => {
    tally.release(source)
    detach?.()
  })
}
