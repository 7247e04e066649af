import { setTimeout as sleep } from 'node:timers/promises'

/** One thing that happens again and again. */
export interface Habit {
  readonly name: string
  readonly everyMs: number
  act(): Promise<unknown>
}

/** What the nodes do to each other until the signal. Failures are part of it, and are counted. */
export interface Traffic {
  readonly failures: ReadonlyMap<string, number>
  /** Resolves when everything that was under way has ended. */
  readonly ended: Promise<void>
}

export function keepUp(habits: readonly Habit[], signal: AbortSignal): Traffic {
  const failures = new Map<string, number>()
  const ended = Promise.all(habits.map((habit) => repeat(habit, signal, failures))).then(() => {})
  return { failures, ended }
}

async function repeat(habit: Habit, signal: AbortSignal, failures: Map<string, number>): Promise<void> {
  while (!signal.aborted) {
    await habit.act().catch(() => failures.set(habit.name, (failures.get(habit.name) ?? 0) + 1))
    await sleep(habit.everyMs, undefined, { signal }).catch(() => {})
  }
}
