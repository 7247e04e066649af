/**
 * One process measures one contender: `node measure.ts NAME KIND COUNT PER_PEER FORMAT` prints its figures as JSON.
 *
 * Times of rendering are medians of several; the HTTP scrape is read by a child process, so that the client's
 * work is not on the measured event loop.
 */
import { spawn } from 'node:child_process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { targets } from './targets.ts'
import type { Format, Kind } from './workload.ts'

const [name, kind, countText, perPeerText, format] = process.argv.slice(2) as [
  keyof typeof targets,
  Kind,
  string,
  string,
  Format,
]
const count = Number(countText)
const rounds = count > 200_000 ? 3 : 7
/** Scrapes over HTTP; the longest block of each is its own, and their median is told. */
const SCRAPES = 5

const held = () => {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const before = held()
const target = await targets[name](kind, count, Number(perPeerText))
const bytesPerSeries = (held() - before) / count

// warm: several small and whole passes, as a process that was scraped before
for (let i = 0; i < (count > 200_000 ? 1 : 4); i++) await target.render(format)

const changed: number[] = []
const unchanged: number[] = []
let bytes = 0
for (let round = 1; round <= rounds; round++) {
  target.touchAll(round)
  changed.push(await time(async () => void (bytes = await target.render(format))))
  unchanged.push(await time(async () => void (await target.render(format))))
}

const http = name === 'limit' || format === 'protobuf' ? undefined : await scrape()
const figures = { changedMs: median(changed), unchangedMs: median(unchanged), bytes, bytesPerSeries, ...http }
process.stdout.write(JSON.stringify(figures))
process.exit(0)

async function time(call: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await call()
  return performance.now() - from
}

/** Scrapes over HTTP from another process: time to the last byte, longest block of our loop, memory over idle. */
async function scrape(): Promise<{ httpMs: number; blockMs: number; memoryMb: number }> {
  const { url } = await target.listen()
  const client = await startClient(url)
  await client.fetch()
  globalThis.gc?.()
  await sleep(200)
  const idle = process.memoryUsage.rss()
  let peak = idle
  const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5)
  const times: number[] = []
  const blocks: number[] = []
  for (let i = 0; i < SCRAPES; i++) {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    // its first tick is the one that the next is compared with
    await sleep(20)
    times.push(await client.fetch())
    await sleep(20)
    delay.disable()
    blocks.push(delay.max / 1e6)
  }
  clearInterval(sampler)
  const memoryMb = (Math.max(peak, process.memoryUsage.rss()) - idle) / 2 ** 20
  return { httpMs: median(times), blockMs: median(blocks), memoryMb }
}

/** A client in a process of its own, started before anything is timed: a fork blocks the loop. */
async function startClient(url: string): Promise<{ fetch(): Promise<number> }> {
  const code = `const http = require('node:http')
    process.on('message', () => { const from = performance.now(); http.get(process.argv[1], (r) => {
      r.on('data', () => {}); r.on('end', () => process.send(performance.now() - from)) }) })
    process.send(0)`
  const child = spawn(process.execPath, ['-e', code, url], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const next = () => new Promise<number>((resolve) => child.once('message', (ms) => resolve(Number(ms))))
  await next()
  return {
    fetch: () => {
      const answer = next()
      child.send('fetch')
      return answer
    },
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]
}
