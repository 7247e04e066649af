import type { Clock } from '../clock.js'
import type { EventListener } from './events.js'
import type { HealthReport, HostDescription } from './report.js'
import type { Logger } from '../logger.js'
import type { DeadlineContext } from './plugin.js'
import type { FamilyView, ReadFilter } from '../registry/reading.js'

/** Asks for fresh values before a pull transport reads. */
export interface CollectRequest {
  /** Only these plugins; all that are routed to the transport when left out. */
  readonly plugins?: ReadonlySet<string>
  /** When the caller must have its answer, in monotonic milliseconds. Plugins that take longer are not waited for. */
  readonly deadlineMs?: number
}

/** What a transport is given when it starts. */
export interface TransportContext {
  readonly clock: Clock
  readonly logger: Logger
  /** Aborted when the transport is stopped. */
  readonly signal: AbortSignal
  /** What the host calls itself. */
  readonly service: { readonly name: string; readonly instanceId?: string }
  /**
   * The families that are routed to this transport, in the order of their registration.
   * Reading changes nothing; series are walked with a family's `series()`, over as many slices as needed.
   */
  read(filter?: ReadFilter): FamilyView[]
  /** Collects what is older than its plugin's `maxAgeMs`; concurrent calls share one pass. Never rejects. */
  collect(request?: CollectRequest): Promise<void>
  health(): HealthReport
  describe(): HostDescription
  /** Calls back for the events and activities of the plugins that are routed here. Returns what ends it. */
  subscribe(listener: EventListener): () => void
  /** Reports how an export ended: `tidegauge_transport_exports_total` and the health report show it. */
  report(outcome: ExportOutcome): void
}

/** How one export went. */
export type ExportOutcome =
  | { readonly outcome: 'success'; readonly queueSize?: number }
  | { readonly outcome: 'failure'; readonly error: unknown; readonly queueSize?: number }
  | { readonly outcome: 'aborted'; readonly queueSize?: number }

/** Speaks one wire protocol. */
export interface Transport {
  /** Lower case with hyphens, unique in a host: what routes name. */
  readonly name: string
  readonly version: string
  readonly apiLevel: number
  /** Opens what it needs. When it throws, nothing of it stays open. */
  start(context: TransportContext): void | Promise<void>
  /** Sends what is due now. */
  flush?(context?: DeadlineContext): void | Promise<void>
  /** Closes everything. May be called more than once, and after a start that failed. */
  stop?(context?: DeadlineContext): void | Promise<void>
  /** What `describe()` shows of it, such as the URL that it serves. */
  describe?(): Readonly<Record<string, string>>
}
