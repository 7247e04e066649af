import { safeGet } from '@tidegauge/attach'
import type { Clock } from '@tidegauge/core'
import { encodeBase32 } from '../codec/base32.js'
import type { IpnsRecord } from '../records/record.js'
import type { RecordCache } from '../records/record-cache.js'
import type { RecordStates } from '../records/record-states.js'
import { Attempt } from '../refreshes/attempt.js'
import type { RepublisherRuns } from '../republisher/runs.js'

/** What {@link PutAttempts} is created with. */
export interface PutAttemptsDeps {
  readonly clock: Clock
  readonly states: RecordStates
  readonly cache: RecordCache
  readonly runs: RepublisherRuns
}

/**
 * The attempts that calls of `put(routingKey, record, options)` belong to. Helia encodes a record once for each attempt
 * and hands the same array to every router, and these to theirs: by it a put deep in libp2p is known to belong to a
 * refresh.
 */
export class PutAttempts {
  readonly #deps: PutAttemptsDeps
  readonly #byRecord = new WeakMap<object, Attempt>()

  constructor(deps: PutAttemptsDeps) {
    this.#deps = deps
  }

  /** The latest attempt with the same array. */
  find([, record]: readonly unknown[]): Attempt | undefined {
    return record instanceof Uint8Array ? this.#byRecord.get(record) : undefined
  }

  /** Starts an attempt: a publish when the options have metadata, else a refresh. Undefined for other arguments. */
  start([routingKey, record, options]: readonly unknown[]): Attempt | undefined {
    if (!(routingKey instanceof Uint8Array) || !(record instanceof Uint8Array)) return undefined
    const { clock, states, cache, runs } = this.#deps
    const key = encodeBase32(routingKey)
    const published = publishedRecord(routingKey, safeGet(options, 'metadata'))
    const kind = published === undefined ? 'refresh' : 'publish'
    const started = states.attemptStarted(key, published, clock.now())
    const attempt = new Attempt({
      ended(result) {
        states.attemptEnded(started, { kind, result }, clock.now())
        cache.invalidate()
      },
      closed: kind === 'refresh' ? runs.refreshStarted() : () => {},
    })
    this.#byRecord.set(record, attempt)
    return attempt
  }
}

/** Source: `IPNSPublisher.publish` of `@helia/ipns` (src/ipns/publisher.ts). */
function publishedRecord(routingKey: Uint8Array, metadata: unknown): IpnsRecord | undefined {
  if (metadata === undefined || metadata === null) return undefined
  const keyName = safeGet(metadata, 'keyName')
  const lifetime = safeGet(metadata, 'lifetime')
  return {
    keyName: typeof keyName === 'string' ? keyName : '',
    lifetimeMs: typeof lifetime === 'number' ? lifetime : 0,
    routingKey,
  }
}
