/** Starts of components that were added while the host runs. */
export class LateStarts {
  readonly #starts = new Map<object, Promise<{ readonly thrown: unknown } | undefined>>()

  /** Starts a component; what it throws waits for {@link errors}. */
  add(component: object, start: () => Promise<void>): void {
    const started = this.#run(start)
    this.#starts.set(component, started)
    void started.then((failure) => {
      if (failure === undefined && this.#starts.get(component) === started) this.forget(component)
    })
  }

  /** Whether a component was added and neither started nor forgotten. */
  has(component: object): boolean {
    return this.#starts.has(component)
  }

  /** Forgets a component that was removed, with its error. */
  forget(component: object): void {
    this.#starts.delete(component)
  }

  /** Waits for all starts. Returns what they threw, each once. */
  async errors(): Promise<unknown[]> {
    const starts = [...this.#starts]
    const failures = await Promise.all(starts.map(([, started]) => started))
    for (const [i, [component]] of starts.entries()) if (failures[i] !== undefined) this.forget(component)
    return failures.filter((failure) => failure !== undefined).map(({ thrown }) => thrown)
  }

  async #run(start: () => Promise<void>): Promise<{ readonly thrown: unknown } | undefined> {
    try {
      await start()
      return undefined
    } catch (thrown) {
      return { thrown }
    }
  }
}
