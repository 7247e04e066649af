/** Sockets, servers and timers that keep a process alive, by kind. */
export function openResources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

/** What there is more of now than before, after waiting at most `timeoutMs` for it to end. Empty when nothing was left open. */
export async function leftOpen(before: Record<string, number>, timeoutMs = 5_000): Promise<string[]> {
  const until = performance.now() + timeoutMs
  for (;;) {
    const more = Object.entries(openResources()).filter(([kind, count]) => count > (before[kind] ?? 0))
    // the wait below is itself one timer
    const left = more.filter(([kind, count]) => kind !== 'Timeout' || count > (before[kind] ?? 0) + 1)
    if (left.length === 0 || performance.now() > until)
      return left.map(([kind, count]) => `${kind}: ${count}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
