/** Starts of components that were added while the host runs. */
export class LateStarts {
  readonly #starts = new Map<object, Promise<{ readonly thrown: unknown } | undefined>>()

  /** Starts a component; what it throws waits for {@link errors}. */
  add(component: object, start: () => Promise<void>): void {
    const started = this.#run(component, start)
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
    const failures = await Promise.all(this.#starts.values())
    for (const [component, started] of this.#starts)
      if ((await started) !== undefined) this.#starts.delete(component)
    return failures.filter((failure) => failure !== undefined).map(({ thrown }) => thrown)
  }

  async #run(
    component: object,
    start: () => Promise<void>,
  ): Promise<{ readonly thrown: unknown } | undefined> {
    // a turn later: it may be removed at once
    await Promise.resolve()
    if (!this.has(component)) return undefined
    try {
      await start()
      return undefined
    } catch (thrown) {
      return { thrown }
    }
  }
}
