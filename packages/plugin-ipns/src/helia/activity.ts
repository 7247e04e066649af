import type { IpnsResult } from '../source.js'
import { addResult, tally, type Tally } from '../totals.js'
import type { AttemptKind } from './attempts.js'

/** What is remembered of the attempts of one record. */
export interface KeyActivity {
  /** When the latest attempt began, in milliseconds since the Unix epoch. */
  beganMs: number
  /** Whether the latest attempt to end failed. */
  isBackingOff: boolean
  /** What ended and is not in the totals yet. */
  refresh: Tally
  publish: Tally
}

/** The attempts of every record, by its key. */
export class Activities {
  readonly #byKey = new Map<string, KeyActivity>()

  of(key: string): KeyActivity {
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const fresh = { beganMs: -Infinity, isBackingOff: false, refresh: tally(), publish: tally() }
    this.#byKey.set(key, fresh)
    return fresh
  }

  find(key: string): KeyActivity | undefined {
    return this.#byKey.get(key)
  }

  /** An attempt has ended. */
  ended(key: string, kind: AttemptKind, result: IpnsResult, nowMs: number): void {
    const activity = this.of(key)
    activity.isBackingOff = result === 'failure'
    addResult(activity[kind], result, nowMs)
  }

  /** Hands over what ended since. `take` may want to have it `later`, or to `forget` the record. */
  drain(take: (key: string, activity: KeyActivity) => 'keep' | 'forget' | 'later'): void {
    for (const [key, activity] of this.#byKey) {
      const verdict = take(key, activity)
      if (verdict === 'later') continue
      activity.refresh = tally()
      activity.publish = tally()
      if (verdict === 'forget') this.#byKey.delete(key)
    }
  }
}
