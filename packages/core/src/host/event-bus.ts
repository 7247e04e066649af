import type { Clock } from '../clock.js'
import type {
  Activity,
  AttributeTable,
  Attributes,
  EventListener,
  EventRecord,
  EventSink,
  PluginEvent,
  RecordSource,
} from '../contract/events.js'
import { describeThrown, describeValue } from '../errors/describe.js'
import type { Logger } from '../logger.js'
import type { PluginInstance } from '../storage/plugin-instance.js'
import type { AttributeFilter } from './attribute-filter.js'

interface Subscription {
  readonly listener: EventListener
  readonly accepts: (instance: PluginInstance) => boolean
}

/** A record without its source, as the three kinds of record differ. */
type RecordBody<R = EventRecord> = R extends EventRecord ? Omit<R, keyof RecordSource> : never

/** One plugin instance's way to the listeners. */
interface Channel {
  readonly instance: PluginInstance
  readonly table: AttributeTable
}

/** Hands every record to every listener, in order, at once. Keeps nothing, and never throws. */
export class EventBus {
  readonly #subscriptions = new Set<Subscription>()
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #filter: AttributeFilter
  #nextActivity = 1

  constructor(clock: Clock, logger: Logger, filter: AttributeFilter) {
    this.#clock = clock
    this.#logger = logger
    this.#filter = filter
  }

  /** Listens to the plugin instances that are accepted. Returns the function that ends the subscription. */
  subscribe(
    listener: EventListener,
    accepts: (instance: PluginInstance) => boolean = () => true,
  ): () => void {
    const subscription = { listener, accepts }
    this.#subscriptions.add(subscription)
    return () => this.#subscriptions.delete(subscription)
  }

  /** What a plugin instance reports with; `table` holds the attributes that it may use. */
  sink(instance: PluginInstance, table: AttributeTable = {}): EventSink {
    const channel = { instance, table }
    return {
      emit: (event) => this.#publishEvent(channel, event),
      begin: (name, options) => {
        const activityId = String(this.#nextActivity++)
        this.#publish(channel, () => ({
          type: 'begin',
          activityId,
          name: assertName(name),
          timeMs: this.#clock.now(),
          ...this.#attributes(channel, options?.attributes),
          ...(options?.parent && { parentId: options.parent.id }),
        }))
        return this.#activity(channel, activityId, name)
      },
    }
  }

  #activity(channel: Channel, id: string, name: string): Activity {
    let hasEnded = false
    return {
      id,
      name,
      emit: (event) => {
        if (!hasEnded) this.#publishEvent(channel, event, id)
      },
      end: (outcome) => {
        if (hasEnded) return
        hasEnded = true
        this.#publish(channel, () => ({
          type: 'end',
          activityId: id,
          timeMs: this.#clock.now(),
          ...(outcome?.error !== undefined && { error: outcome.error }),
          ...this.#attributes(channel, outcome?.attributes),
        }))
      },
    }
  }

  #publishEvent(channel: Channel, event: PluginEvent, activityId?: string): void {
    this.#publish(channel, () => {
      const { attributes, timeMs = this.#clock.now(), severity = 'info', body } = event
      const full = {
        name: assertName(event.name),
        timeMs,
        severity,
        ...(body !== undefined && { body }),
        ...this.#attributes(channel, attributes),
      }
      return { type: 'event', event: full, ...(activityId && { activityId }) }
    })
  }

  /** A copy: the caller keeps its object, and a listener that batches must not see it change. */
  #attributes({ instance, table }: Channel, attributes: Attributes | undefined): { attributes?: Attributes } {
    return attributes ? { attributes: this.#filter.apply(instance, table, attributes) } : {}
  }

  #publish({ instance }: Channel, make: () => RecordBody): void {
    const { plugin, version, labels } = instance
    let record: EventRecord
    try {
      record = { plugin, version, labels, ...make() }
    } catch (thrown) {
      this.#logger.warn(`plugin "${plugin}": an event was dropped: ${describeThrown(thrown)}`)
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
