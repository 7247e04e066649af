import type { Clock } from '../clock.js'
import type { Logger } from '../logger.js'
import { describeThrown } from '../errors/describe.js'

export type Severity = 'debug' | 'info' | 'warn' | 'error'

export type AttributeValue = string | number | boolean

/** One thing that happened in a source. */
export interface TideEvent {
  /** Dotted and lower case: `datatransfer.channel.paused`. */
  readonly name: string
  readonly severity?: Severity
  readonly body?: string
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  /** Milliseconds since the Unix epoch. Default: now. */
  readonly timeMs?: number
}

/** Something that begins, has events, and ends well or badly: a span, for those who speak of spans. */
export interface Activity {
  readonly id: string
  readonly name: string
  emit(event: TideEvent): void
  /** Ends it, once; later calls do nothing. */
  end(outcome?: {
    readonly error?: string
    readonly attributes?: Readonly<Record<string, AttributeValue>>
  }): void
}

/** What a subscriber is told. */
export type EventRecord =
  | {
      readonly type: 'event'
      readonly plugin: string
      readonly event: Required<Pick<TideEvent, 'name' | 'timeMs' | 'severity'>> & TideEvent
      readonly activityId?: string
    }
  | {
      readonly type: 'begin'
      readonly plugin: string
      readonly activityId: string
      readonly name: string
      readonly timeMs: number
      readonly attributes?: Readonly<Record<string, AttributeValue>>
      readonly parentId?: string
    }
  | {
      readonly type: 'end'
      readonly plugin: string
      readonly activityId: string
      readonly timeMs: number
      readonly error?: string
      readonly attributes?: Readonly<Record<string, AttributeValue>>
    }

/** Where a plugin tells its stories. Emitting never throws. */
export interface EventSink {
  emit(event: TideEvent): void
  begin(
    name: string,
    options?: { readonly attributes?: Readonly<Record<string, AttributeValue>>; readonly parent?: Activity },
  ): Activity
}

export type EventListener = (record: EventRecord) => void

/** Hands every record to every listener, in order, at once. Keeps nothing. */
export class EventBus {
  readonly #listeners = new Set<EventListener>()
  readonly #clock: Clock
  readonly #logger: Logger
  #nextActivity = 1

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  /** Returns what ends the subscription. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  sink(plugin: string): EventSink {
    return {
      emit: (event) => this.#publishEvent(plugin, event),
      begin: (name, options = {}) => {
        const activityId = String(this.#nextActivity++)
        this.#publish({
          type: 'begin',
          plugin,
          activityId,
          name,
          timeMs: this.#clock.now(),
          ...(options.attributes && { attributes: options.attributes }),
          ...(options.parent && { parentId: options.parent.id }),
        })
        return this.#activity(plugin, activityId, name)
      },
    }
  }

  #activity(plugin: string, id: string, name: string): Activity {
    let ended = false
    return {
      id,
      name,
      emit: (event) => {
        if (!ended) this.#publishEvent(plugin, event, id)
      },
      end: (outcome = {}) => {
        if (ended) return
        ended = true
        this.#publish({ type: 'end', plugin, activityId: id, timeMs: this.#clock.now(), ...outcome })
      },
    }
  }

  #publishEvent(plugin: string, event: TideEvent, activityId?: string): void {
    const full = { ...event, timeMs: event.timeMs ?? this.#clock.now(), severity: event.severity ?? 'info' }
    this.#publish({ type: 'event', plugin, event: full, ...(activityId && { activityId }) })
  }

  #publish(record: EventRecord): void {
    for (const listener of this.#listeners) {
      try {
        listener(record)
      } catch (thrown) {
        this.#logger.error(`an event listener threw: ${describeThrown(thrown)}`)
      }
    }
  }
}
