import type { CpuSeconds, MemoryBytes, MySystemSnapshot, MySystemSource } from './source.js'

/** Creates a recorder. */
export function createMySystemRecorder(): MySystemRecorder {
  return new MySystemRecorder()
}

/**
 * A source for systems that the plugin does not attach to: the application calls these methods, and passes the
 * recorder to `mySystem({ source })`. Every call only counts; none throws.
 */
class MySystemRecorder implements MySystemSource {
  #cpuSeconds: CpuSeconds = { user: 0, system: 0 }
  #memoryBytes: MemoryBytes | undefined
  readonly #warnings = new Map<string, number>()

  /** Counts CPU time, in seconds. */
  addCpu(seconds: Partial<CpuSeconds>): void {
    const { user = 0, system = 0 } = seconds
    this.#cpuSeconds = { user: this.#cpuSeconds.user + user, system: this.#cpuSeconds.system + system }
  }

  /** Sets the memory in use, in bytes. */
  setMemory(memoryBytes: MemoryBytes): void {
    this.#memoryBytes = memoryBytes
  }

  /** Counts one warning. */
  warned(name: string): void {
    this.#warnings.set(name, (this.#warnings.get(name) ?? 0) + 1)
  }

  read(): MySystemSnapshot {
    return { cpuSeconds: this.#cpuSeconds, memoryBytes: this.#memoryBytes, warnings: this.#warnings }
  }
}

export type { MySystemRecorder }
