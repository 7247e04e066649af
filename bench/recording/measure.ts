/** One process measures one contender: `node measure.ts NAME` prints its figures as JSON. */
import { contenders } from './contenders.ts'
import { familyContenders } from './family-contenders.ts'
import { cases, type Call } from './workload.ts'

const ROUND_MS = 60
const ROUNDS = 5

const name = process.argv[2] as keyof typeof contenders
const calls = { ...(await contenders[name]()), ...(await familyContenders[name]()) } as Record<string, Call>
const present = cases.filter((name) => calls[name] !== undefined)

// a real process records through many call sites: all cases run in turn before any is timed
for (let round = 0; round < 40; round++) for (const name of present) run(calls[name], 2_000)
for (let round = 0; round < 40; round++) run(() => {}, 2_000)

// an empty call costs the loop and the jump; it is taken off, so that fast calls are not hidden behind it
const empty = measure(() => {}).ns
const figures: Record<string, { ns: number; bytes: number }> = {}
for (const name of present) {
  const { ns, bytes } = measure(calls[name])
  figures[name] = { ns: Math.max(ns - empty, 0.1), bytes }
}
process.stdout.write(JSON.stringify(figures))

function run(call: Call, count: number): void {
  for (let i = 0; i < count; i++) call(i)
}

function measure(call: Call): { ns: number; bytes: number } {
  const batch = calibrate(call)
  const times = Array.from({ length: ROUNDS }, () => {
    const from = performance.now()
    run(call, batch)
    return ((performance.now() - from) * 1e6) / batch
  })
  return { ns: Math.min(...times), bytes: bytesPerCall(call, Math.min(batch, 100_000)) }
}

function calibrate(call: Call): number {
  let batch = 1_000
  for (;;) {
    const from = performance.now()
    run(call, batch)
    const ms = performance.now() - from
    if (ms >= ROUND_MS / 2) return Math.ceil((batch * ROUND_MS) / ms)
    batch *= 4
  }
}

/** Growth of the heap over calls that no collection interrupts: the smallest of several tries. */
function bytesPerCall(call: Call, count: number): number {
  let least = Infinity
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    run(call, count)
    const grown = process.memoryUsage().heapUsed - before
    if (grown >= 0) least = Math.min(least, grown / count)
  }
  return Math.round(least)
}
