import type { EventBus } from './event-bus.js'
import type { SelfRecorder } from './self-recorder.js'
import { createReader, type ReadableHost } from './transport-reader.js'
import type { TransportRunner } from './transport-runner.js'

/** A host, as far as its transports are started for it. */
export interface StartingHost extends ReadableHost {
  /** Whether what failed is still to be tried again. */
  readonly isUp: boolean
}

/** What transports read beside the host. */
export interface StarterDeps {
  readonly self: SelfRecorder | undefined
  readonly events: EventBus
}

/** Starts transports, and starts those again that the host tolerates to fail. */
export class TransportStarter {
  readonly #host: StartingHost
  readonly #deps: StarterDeps

  constructor(host: StartingHost, deps: StarterDeps) {
    this.#host = host
    this.#deps = deps
  }

  /** Throws what the transport throws, unless the host tolerates that. */
  async start(runner: TransportRunner): Promise<void> {
    try {
      await runner.start(createReader(runner.name, this.#host, this.#deps))
    } catch (thrown) {
      if (this.#host.settings.tolerate !== 'all') throw thrown
      this.#retry(runner, runner.status.failed(thrown))
    }
  }

  /** A transport that may fail is tried again until it starts, the host stops, or it is removed. */
  #retry(runner: TransportRunner, words: string): void {
    const { clock, logger } = this.#host.settings
    const waitMs = runner.nextTryMs()
    logger.error(`${words}; it is tried again in ${waitMs / 1000} s`)
    clock.after(waitMs, () => {
      if (this.#host.isUp && this.#host.transports.includes(runner)) void this.start(runner)
    })
  }
}
