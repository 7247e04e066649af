import { UndoList } from '@tidegauge/attach'
import { describeThrown, type SourceContext } from '@tidegauge/core'
import type { CpuSeconds, MemoryBytes, MySystemSnapshot, MySystemSource } from '../source.js'

// Replace this folder with one that is called after the library which your plugin attaches to. It is the only place
// that knows the library's shapes. Where it relies on private fields, list them in `internals.ts`, and have a test
// check the list against the installed version.

/** The parts of `process` that are read. The user's object has to have these alone. */
export interface ProcessLike {
  resourceUsage(): { readonly userCPUTime: number; readonly systemCPUTime: number }
  memoryUsage(): { readonly heapUsed: number; readonly external: number }
  on(event: 'warning', listener: (warning: Error) => void): unknown
  off(event: 'warning', listener: (warning: Error) => void): unknown
}

/** Measures a Node.js process. */
export class NodeProcessSource implements MySystemSource {
  readonly #target: ProcessLike
  readonly #warnings = new Map<string, number>()
  readonly #undo = new UndoList()

  /** Opens nothing, and does not touch `target`. */
  constructor(target: ProcessLike) {
    this.#target = target
  }

  /** Attaches. What happens between two passes is counted by listeners and wrapped methods. */
  start({ logOnce }: SourceContext): void {
    // a listener that throws would end the process, so errors are logged instead
    const onWarning = (warning: Error): void =>
      logOnce.guard('counting a warning', () => this.#count(warning.name))
    this.#target.on('warning', onWarning)
    this.#undo.add(() => void this.#target.off('warning', onWarning))
  }

  /** Reads. One part that cannot be read becomes a problem; the others are exported. */
  read(): MySystemSnapshot {
    const problems: string[] = []
    const part = <R>(what: string, read: () => R): R | undefined => {
      try {
        return read()
      } catch (thrown) {
        problems.push(`could not read the ${what}: ${describeThrown(thrown)}`)
        return undefined
      }
    }
    return {
      cpuSeconds: part('CPU time', () => this.#readCpu()),
      memoryBytes: part('memory', () => this.#readMemory()),
      warnings: this.#warnings,
      problems,
    }
  }

  /** Detaches. May be called more than once. */
  stop(): void {
    this.#undo.run()
  }

  #count(name: string): void {
    this.#warnings.set(name, (this.#warnings.get(name) ?? 0) + 1)
  }

  #readCpu(): CpuSeconds {
    const { userCPUTime, systemCPUTime } = this.#target.resourceUsage()
    return { user: userCPUTime / 1e6, system: systemCPUTime / 1e6 }
  }

  #readMemory(): MemoryBytes {
    const { heapUsed, external } = this.#target.memoryUsage()
    return { heap: heapUsed, external }
  }
}
