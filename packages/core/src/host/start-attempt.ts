import type { Clock } from '../clock.js'
import type { Plugin, PluginContext } from '../contract/plugin.js'
import { callWithin, waitAtMost, type CallResult } from './deadline.js'

/** How often the next attempt waits for one that hangs. */
const MAX_WAITS = 3
const STOP_TIMEOUT_MS = 1_000

/**
 * One call of a plugin's `start`, with a signal of its own.
 *
 * A start that is late is aborted and goes on by itself; the plugin is stopped, also again when the late start ends
 * after all, so that nothing stays attached twice.
 */
export class StartAttempt {
  readonly #plugin: Plugin
  readonly #clock: Clock
  readonly #abort = new AbortController()
  #isOver = false
  #isAbandoned = false
  #waits = 0
  #ended: Promise<void> = Promise.resolve()

  constructor(plugin: Plugin, clock: Clock) {
    this.#plugin = plugin
    this.#clock = clock
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Starts the plugin; `late` when that took longer than `timeoutMs`, and then it was aborted. */
  async run(timeoutMs: number, context: Omit<PluginContext, 'signal'>): Promise<CallResult<void>> {
    const result = await callWithin<void>(this.#clock, timeoutMs, () => {
      const started = this.#plugin.start?.({ ...context, signal: this.signal })
      this.#ended = endOf(started, () => this.#ends())
      return started
    })
    if (result === 'late') this.abandon()
    else this.#isOver = true
    if (result !== 'late' && !result.ok) this.abort()
    return result
  }

  /** Asks the plugin to end its start. */
  abort(): void {
    this.#abort.abort()
  }

  /** Waits for it no longer: what it attaches from now on is detached when it ends. */
  abandon(): void {
    this.#isAbandoned = true
    this.abort()
  }

  /**
   * Before another attempt: detaches what this one left behind, and waits for its end within `timeoutMs`. Returns
   * whether another may start: when this one has ended, or has been waited for so often that it is given up.
   */
  async clearAway(timeoutMs: number): Promise<boolean> {
    if (this.#isOver) return true
    await callWithin(this.#clock, timeoutMs, () => this.#plugin.stop?.())
    await waitAtMost(this.#clock, timeoutMs, this.#ended)
    return this.#isOver || ++this.#waits >= MAX_WAITS
  }

  async #ends(): Promise<void> {
    // nobody waited for it, and no later attempt runs yet
    if (this.#isAbandoned && this.#waits < MAX_WAITS)
      await callWithin(this.#clock, STOP_TIMEOUT_MS, () => this.#plugin.stop?.())
    this.#isOver = true
  }
}

/** Resolves when a call has ended, however it did, and `ended` has. */
async function endOf(started: void | Promise<void>, ended: () => Promise<void>): Promise<void> {
  try {
    await started
  } catch {
    // reported by the call's result
  }
  await ended()
}
