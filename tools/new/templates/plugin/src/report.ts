import { BoundedNames } from '@tidegauge/attach'
import type { Handles, LogOnce } from '@tidegauge/core'
import { areas, modes, type instruments } from './metrics.js'
import type { MySystemSnapshot } from './source.js'

type To = Handles<typeof instruments>

/** Returns the function that writes snapshots into the instruments. It keeps the names that have their own series. */
export function createReport(
  maxWarningNames: number,
  logOnce: LogOnce,
): (snapshot: MySystemSnapshot, to: To) => void {
  const names = new BoundedNames({
    max: maxWarningNames,
    what: 'warning names',
    option: 'maxWarningNames',
    logOnce,
  })
  return ({ cpuSeconds, memoryBytes, warnings }, to) => {
    if (cpuSeconds !== undefined) for (const mode of modes) to.cpuSeconds.setTotal({ mode }, cpuSeconds[mode])
    if (memoryBytes !== undefined) for (const area of areas) to.memoryBytes.set({ area }, memoryBytes[area])
    for (const [warning, total] of mergeNames(warnings, names)) to.warnings.setTotal({ warning }, total)
  }
}

/** The totals by exported name: those of all names beyond the maximum are one total, `other`. */
function mergeNames(totals: ReadonlyMap<string, number>, names: BoundedNames): Map<string, number> {
  const merged = new Map<string, number>()
  for (const [ownName, total] of totals) {
    const name = names.nameOf(ownName)
    merged.set(name, (merged.get(name) ?? 0) + total)
  }
  return merged
}
