import { AsyncLocalStorage } from 'node:async_hooks'
import type { PluginInstance } from './plugin-instance.js'

/** A collect pass, as what runs in it knows it. */
interface Pass {
  readonly instance: PluginInstance
  readonly number: number
  /** Set when the pass took too long and was left behind. */
  isLate: boolean
}

/** Immutable, and shared by all hosts: which pass the code that runs now belongs to. */
const passes = new AsyncLocalStorage<Pass>()

/** Runs one collect pass, so that what it writes is known as its own, also after an `await`. */
export class CurrentPass {
  readonly #pass: Pass

  readonly #hadLatePass: boolean

  constructor(instance: PluginInstance) {
    this.#hadLatePass = instance.pass < 0
    this.#pass = { instance, number: ++instance.lastPass, isLate: false }
    instance.pass = this.#pass.number
  }

  run<T>(work: () => T): T {
    return passes.run(this.#pass, work)
  }

  /** What is written from now on is not part of a pass; what a late pass still writes is removed by the next. */
  end(result: 'late' | 'done'): void {
    const { instance } = this.#pass
    this.#pass.isLate = result === 'late'
    // from then on each write is asked which pass it belongs to
    instance.pass = result === 'late' || this.#hadLatePass ? -1 : 0
  }

  get number(): number {
    return this.#pass.number
  }
}

/**
 * The pass that a write of this plugin belongs to, or 0: for one between passes, and for one that other code makes
 * while a pass runs.
 */
export function passOf(instance: PluginInstance): number {
  const pass = passes.getStore()
  if (pass?.instance !== instance) return 0
  return pass.number === instance.pass || pass.isLate ? pass.number : 0
}
