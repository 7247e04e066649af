import { systemClock, type Clock } from '@tidegauge/core'
import { countRecords } from './records/count-records.js'
import { DEFAULT_NAMESPACE } from './records/record.js'
import type { AttemptKind } from './refreshes/attempt.js'
import { addResult, AttemptTotals, ResultCounts } from './refreshes/result-counts.js'
import type { IpnsResult, IpnsSnapshot, IpnsSource } from './source.js'

/** What may be set of a record. What is left out stays as it was. */
export interface RecordInfo {
  /** Default `ipns`. */
  readonly namespace?: string
  /** When it becomes due for a refresh, in milliseconds since the Unix epoch. Default: never. */
  readonly dueMs?: number
  /** When it is planned to be refreshed next, in milliseconds since the Unix epoch. Default: not planned. */
  readonly nextAttemptMs?: number
}

/** A source for other stacks: your code calls it when something happens. No call throws. */
export interface IpnsRecorder extends IpnsSource {
  /** Adds a record that is kept alive, or updates it. `record` is any text that names it. */
  track(record: string, info?: RecordInfo): void
  /** The record is no longer kept alive. Totals stay. */
  untrack(record: string): void
  /** A refresh has reached the network. Ends the back-off of the record. */
  refreshSucceeded(record: string, info?: RecordInfo): void
  /** A refresh has not reached the network. The record is in back-off until an attempt succeeds. */
  refreshFailed(record: string, info?: RecordInfo): void
  /** The application has published a record. A failure starts a back-off, a success ends it. */
  published(record: string, result: IpnsResult, info?: RecordInfo): void
  /** A router was handed a record and has answered. */
  routerPut(router: string, result: IpnsResult): void
  /** The task that refreshes records has started. */
  republisherStarted(): void
  /** The task that refreshes records has stopped. */
  republisherStopped(): void
  /** A run over all records has ended; a failure could not list them. */
  runEnded(result: IpnsResult): void
  read(): IpnsSnapshot
}

/** What `createIpnsRecorder` takes. */
export interface IpnsRecorderOptions {
  /** Default: the system's clock. */
  readonly clock?: Clock
}

/** Creates a source that your code drives. Pass it to `ipns({ source })`. */
export function createIpnsRecorder({ clock = systemClock }: IpnsRecorderOptions = {}): IpnsRecorder {
  return new Recorder(clock)
}

interface TrackedRecord {
  namespace: string
  dueMs: number
  nextAttemptMs: number | undefined
  isBackingOff: boolean
}

class Recorder implements IpnsRecorder {
  readonly #clock: Clock
  readonly #records = new Map<string, TrackedRecord>()
  readonly #totals = new AttemptTotals()
  readonly #routers = new ResultCounts()
  #runs: Record<IpnsResult, number> | undefined
  #isRunning: boolean | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  track(record: string, info?: RecordInfo): void {
    this.#update(record, info)
  }

  untrack(record: string): void {
    this.#records.delete(record)
  }

  refreshSucceeded(record: string, info?: RecordInfo): void {
    this.#attemptEnded('refresh', 'success', this.#update(record, info))
  }

  refreshFailed(record: string, info?: RecordInfo): void {
    this.#attemptEnded('refresh', 'failure', this.#update(record, info))
  }

  published(record: string, result: IpnsResult, info?: RecordInfo): void {
    this.#attemptEnded('publish', result, this.#update(record, info))
  }

  routerPut(router: string, result: IpnsResult): void {
    this.#routers.of(router)[result]++
  }

  republisherStarted(): void {
    this.#isRunning = true
  }

  republisherStopped(): void {
    this.#isRunning = false
  }

  runEnded(result: IpnsResult): void {
    this.#runs ??= { success: 0, failure: 0 }
    this.#runs[result]++
  }

  read(): IpnsSnapshot {
    return {
      records: countRecords(this.#records.values(), this.#totals.namespaces, this.#clock.now()),
      ...this.#totals.read(),
      routers: this.#routers.read(),
      republisher: {
        ...(this.#isRunning !== undefined && { isRunning: this.#isRunning }),
        ...(this.#runs !== undefined && { runs: { ...this.#runs } }),
      },
    }
  }

  #attemptEnded(kind: AttemptKind, result: IpnsResult, record: TrackedRecord): void {
    record.isBackingOff = result === 'failure'
    addResult(this.#totals[kind].of(record.namespace), result, this.#clock.now())
  }

  #update(name: string, info: RecordInfo = {}): TrackedRecord {
    const record = this.#records.get(name) ?? {
      namespace: DEFAULT_NAMESPACE,
      dueMs: Infinity,
      nextAttemptMs: undefined,
      isBackingOff: false,
    }
    this.#records.set(name, record)
    record.namespace = info.namespace ?? record.namespace
    record.dueMs = info.dueMs ?? record.dueMs
    record.nextAttemptMs = info.nextAttemptMs ?? record.nextAttemptMs
    this.#totals.addNamespace(record.namespace)
    return record
  }
}
