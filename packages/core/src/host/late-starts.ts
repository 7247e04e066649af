/** Starts of components that were added while the host runs. */
export class LateStarts {
  readonly #starts = new Map<object, Promise<{ readonly thrown: unknown } | undefined>>()

  /** Starts a component; what it throws waits for {@link wait}. */
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

  /** Waits for all starts. Throws the first of what they threw; each is forgotten then. */
  async wait(): Promise<void> {
    const starts = [...this.#starts]
    const failures = await Promise.all(starts.map(([, started]) => started))
    for (const [i, [component]] of starts.entries()) if (failures[i] !== undefined) this.forget(component)
    const first = failures.find((failure) => failure !== undefined)
    if (first !== undefined) throw first.thrown
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
