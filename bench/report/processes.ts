import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Runs a measuring script in a process of its own and returns what it printed; undefined when it failed. */
export async function measureInProcess<T>(
  script: string,
  args: readonly string[],
  {
    heapMb = 4_096,
    timeoutMs = 600_000,
    flags = [],
  }: { heapMb?: number; timeoutMs?: number; flags?: readonly string[] } = {},
): Promise<T | undefined> {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url))
  const child = spawn(
    process.execPath,
    ['--expose-gc', `--max-old-space-size=${heapMb}`, ...flags, path, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  let output = ''
  child.stdout.on('data', (data) => (output += String(data)))
  child.stderr.resume()
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  try {
    return code === 0 ? (JSON.parse(output) as T) : undefined
  } catch {
    return undefined
  }
}

/** Each figure's median over several results of one shape. */
export function medians<T extends Record<string, number>>(results: readonly T[]): T {
  const keys = Object.keys(results[0]) as (keyof T)[]
  return Object.fromEntries(keys.map((key) => [key, median(results.map((result) => result[key]))])) as T
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
