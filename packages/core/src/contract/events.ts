import type { Clock } from '../clock.js'
import type { Logger } from '../logger.js'
import type { PluginInstance } from '../storage/plugin-instance.js'
import { describeThrown, describeValue } from '../errors/describe.js'

export type Severity = 'debug' | 'info' | 'warn' | 'error'

export type AttributeValue = string | number | boolean

/** One thing that happened in a source. */
export interface PluginEvent {
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
  emit(event: PluginEvent): void
  /** Ends it, once; later calls do nothing. */
  end(outcome?: {
    readonly error?: string
    readonly attributes?: Readonly<Record<string, AttributeValue>>
  }): void
}

/** What a subscriber is reported. */
export type EventRecord =
  | {
      readonly type: 'event'
      readonly plugin: string
      readonly event: Required<Pick<PluginEvent, 'name' | 'timeMs' | 'severity'>> & PluginEvent
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
  emit(event: PluginEvent): void
  begin(
    name: string,
    options?: { readonly attributes?: Readonly<Record<string, AttributeValue>>; readonly parent?: Activity },
  ): Activity
}

export type EventListener = (record: EventRecord) => void

interface Subscription {
  readonly listener: EventListener
  readonly accepts: (instance: PluginInstance) => boolean
}

/** Hands every record to every listener, in order, at once. Keeps nothing, and whatever it is given never throws. */
export class EventBus {
  readonly #subscriptions = new Set<Subscription>()
  readonly #clock: Clock
  readonly #logger: Logger
  #nextActivity = 1

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  /** Hears of the plugin instances that are accepted. Returns what ends the subscription. */
  subscribe(
    listener: EventListener,
    accepts: (instance: PluginInstance) => boolean = () => true,
  ): () => void {
    const subscription = { listener, accepts }
    this.#subscriptions.add(subscription)
    return () => this.#subscriptions.delete(subscription)
  }

  sink(instance: PluginInstance): EventSink {
    return {
      emit: (event) => this.#publishEvent(instance, event),
      begin: (name, options) => {
        const activityId = String(this.#nextActivity++)
        this.#publish(instance, () => ({
          type: 'begin',
          plugin: instance.plugin,
          activityId,
          name: assertName(name),
          timeMs: this.#clock.now(),
          ...copied(options?.attributes),
          ...(options?.parent && { parentId: options.parent.id }),
        }))
        return this.#activity(instance, activityId, name)
      },
    }
  }

  #activity(instance: PluginInstance, id: string, name: string): Activity {
    let ended = false
    return {
      id,
      name,
      emit: (event) => {
        if (!ended) this.#publishEvent(instance, event, id)
      },
      end: (outcome) => {
        if (ended) return
        ended = true
        this.#publish(instance, () => ({
          type: 'end',
          plugin: instance.plugin,
          activityId: id,
          timeMs: this.#clock.now(),
          ...(outcome?.error !== undefined && { error: outcome.error }),
          ...copied(outcome?.attributes),
        }))
      },
    }
  }

  #publishEvent(instance: PluginInstance, event: PluginEvent, activityId?: string): void {
    this.#publish(instance, () => {
      const { timeMs = this.#clock.now(), severity = 'info' } = event
      const full = { ...event, ...copied(event.attributes), name: assertName(event.name), timeMs, severity }
      return { type: 'event', plugin: instance.plugin, event: full, ...(activityId && { activityId }) }
    })
  }

  /** The caller keeps its objects: a listener that batches must not see them change. */
  #publish(instance: PluginInstance, make: () => EventRecord): void {
    let record: EventRecord
    try {
      record = make()
    } catch (thrown) {
      this.#logger.warn(`plugin "${instance.plugin}": an event was dropped: ${describeThrown(thrown)}`)
      return
    }
    for (const { listener, accepts } of this.#subscriptions) {
      try {
        if (accepts(instance)) listener(record)
      } catch (thrown) {
        this.#logger.error(`an event listener threw: ${describeThrown(thrown)}`)
      }
    }
  }
}

function assertName(name: unknown): string {
  if (typeof name !== 'string') throw new TypeError(`its name was ${describeValue(name)}, expected a string`)
  return name
}

function copied(attributes: PluginEvent['attributes']): Pick<PluginEvent, 'attributes'> {
  return attributes ? { attributes: { ...attributes } } : {}
}
