import type { Clock } from '../clock.js'
import type { Logger } from '../logger.js'
import type { Registry } from '../registry/registry.js'
import type { EventBus } from './event-bus.js'
import type { FailureReason } from './self-metrics.js'

/** What a runner shares with the rest of its host. */
export interface RunnerDeps {
  readonly clock: Clock
  readonly logger: Logger
  readonly registry: Registry
  readonly events: EventBus
  /** Is called after every pass and start, for the self-metrics. */
  readonly observer: RunObserver
}

export interface RunObserver {
  passed(plugin: string, seconds: number): void
  failed(plugin: string, reason: FailureReason): void
}
