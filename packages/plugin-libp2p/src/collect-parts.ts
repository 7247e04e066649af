import { CollectError, describeThrown } from '@tidegauge/core'

/**
 * Runs the parts of one collect pass side by side. A part that fails leaves the others alone; when all have ended,
 * the pass fails with what every failed part said.
 * Throws `COLLECT_FAILED`.
 */
export async function collectParts(
  plugin: string,
  parts: readonly (() => void | Promise<void>)[],
): Promise<void> {
  const endings = await Promise.allSettled(parts.map(async (part) => part()))
  const failures = endings.filter((ending) => ending.status === 'rejected')
  const [first] = failures
  if (first === undefined) return
  const words = failures.map(({ reason }) => describeThrown(reason)).join('; ')
  throw new CollectError('COLLECT_FAILED', plugin, `plugin "${plugin}": ${words}`, first.reason)
}
