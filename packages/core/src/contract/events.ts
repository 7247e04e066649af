import type { PrivacyClass } from '../definition/definition.js'

/** How serious an event is. */
export type Severity = 'debug' | 'info' | 'warn' | 'error'

/** A value of an attribute. */
export type AttributeValue = string | number | boolean

/** Attributes of an event or activity, by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>

/** One attribute that events may carry; with a privacy class where its value can identify somebody. */
export interface AttributeDefinition {
  readonly privacy?: PrivacyClass
}

/** Every attribute that a plugin's events and activities may carry. Others are dropped and counted. */
export type AttributeTable = Readonly<Record<string, AttributeDefinition>>

/** One thing that happened in a source. */
export interface PluginEvent {
  /** Dotted and lower case: `datatransfer.channel.paused`. */
  readonly name: string
  /** Default `info`. */
  readonly severity?: Severity
  readonly body?: string
  readonly attributes?: Attributes
  /** Milliseconds since the Unix epoch. Default: now. */
  readonly timeMs?: number
}

/** How an activity ended: well, unless it has an error. */
export interface ActivityOutcome {
  readonly error?: string
  readonly attributes?: Attributes
}

/** Something that begins, has events, and ends with success or an error: OpenTelemetry calls it a span. */
export interface Activity {
  readonly id: string
  readonly name: string
  emit(event: PluginEvent): void
  /** Ends it, once; later calls do nothing. */
  end(outcome?: ActivityOutcome): void
}

/** What a plugin begins an activity with. */
export interface ActivityOptions {
  readonly attributes?: Attributes
  readonly parent?: Activity
}

/** Where a plugin reports events and activities. No call of it throws. */
export interface EventSink {
  emit(event: PluginEvent): void
  begin(name: string, options?: ActivityOptions): Activity
}

/** Which plugin instance a record comes from. */
export interface RecordSource {
  readonly plugin: string
  readonly version: string
  /** The constant labels of the instance. */
  readonly labels: Readonly<Record<string, string>>
}

/** What a listener receives. Attributes are those that the plugin declared, after the host's privacy rules. */
export type EventRecord = RecordSource &
  (
    | {
        readonly type: 'event'
        readonly event: Required<Pick<PluginEvent, 'name' | 'timeMs' | 'severity'>> & PluginEvent
        readonly activityId?: string
      }
    | {
        readonly type: 'begin'
        readonly activityId: string
        readonly name: string
        readonly timeMs: number
        readonly attributes?: Attributes
        readonly parentId?: string
      }
    | {
        readonly type: 'end'
        readonly activityId: string
        readonly timeMs: number
        readonly error?: string
        readonly attributes?: Attributes
      }
  )

/** Is called for every record of the plugins that it is subscribed to, at once and in order. */
export type EventListener = (record: EventRecord) => void
