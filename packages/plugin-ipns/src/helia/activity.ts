import type { IpnsResult } from '../source.js'
import { addResult, tally, type Tally } from '../totals.js'
import type { AttemptKind } from './attempts.js'

/** What is remembered of the attempts of one record. */
export interface KeyActivity {
  /** When the latest attempt began, in milliseconds since the Unix epoch. */
  beganMs: number
  /** Whether the attempt failed that began last of those that have ended. */
  isBackingOff: boolean
  /** The attempt that says so, by its place in the order of their beginnings. */
  decidedBy: number
  /** Attempts that have neither succeeded nor failed yet. */
  underWay: number
  /** What ended and is not in the totals yet. */
  refresh: Tally
  publish: Tally
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly kind: AttemptKind
  readonly result: IpnsResult
  /** What `began` returned. */
  readonly order: number
}

/** The attempts of every record, by its key. */
export class Activities {
  readonly #byKey = new Map<string, KeyActivity>()
  #begun = 0

  of(key: string): KeyActivity {
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const fresh = {
      beganMs: -Infinity,
      isBackingOff: false,
      decidedBy: 0,
      underWay: 0,
      refresh: tally(),
      publish: tally(),
    }
    this.#byKey.set(key, fresh)
    return fresh
  }

  find(key: string): KeyActivity | undefined {
    return this.#byKey.get(key)
  }

  /** An attempt begins. Returns its place in the order of all. */
  began(key: string, nowMs: number): number {
    const activity = this.of(key)
    activity.beganMs = nowMs
    activity.underWay++
    return ++this.#begun
  }

  /** An attempt has ended. One that began before the attempt that decided last decides nothing any more. */
  ended(key: string, { kind, result, order }: AttemptEnd, nowMs: number): void {
    const activity = this.of(key)
    activity.underWay--
    addResult(activity[kind], result, nowMs)
    if (order < activity.decidedBy) return
    activity.decidedBy = order
    activity.isBackingOff = result === 'failure'
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
