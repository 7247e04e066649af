/** Limits on the cost of clients that never read or that send their headers slowly. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { ask } from '../security/support/ask.js'
import { neverReaders, slowHeaders, type Crowd } from './support/clients.js'
import { serve, type ServedProcess } from './support/serve.js'

const counts = { readers: 50, slow: 200, series: 100_000 }
// one round by default, more on demand
const rounds = process.env['TIDEGAUGE_LONG'] === '1' ? [1, 2, 3] : [1]
const cases = rounds.flatMap((round) => [
  { round, what: 'a part', path: '/metrics?name[]=hits_total', quantile: 0.99, maxRatio: 20 },
  // a scrape of 100,000 series shares the first moments with 40 scrapes of the crowd
  { round, what: 'everything', path: '/metrics', quantile: 0.95, maxRatio: 4 },
])
const MB = 1e6

let server: ServedProcess | undefined
const crowds: Crowd[] = []
afterEach(async () => {
  for (const crowd of crowds.splice(0)) crowd.end()
  await server?.stop()
})

/** Scrapes in a loop until it is over. */
async function scrapeWhile(
  url: string,
  isOver: () => boolean,
): Promise<{ times: number[]; failed: string[] }> {
  const times: number[] = []
  const failed: string[] = []
  while (!isOver()) {
    const from = performance.now()
    const answer = await ask(url).catch((error: Error) => error)
    times.push(performance.now() - from)
    if (answer instanceof Error) failed.push(answer.message)
    else if (answer.status !== 200 || !answer.text.includes('hits_total 1'))
      failed.push(String(answer.status))
    await sleep(10)
  }
  return { times, failed }
}

describe('a crowd of clients that do not read or send slowly', () => {
  test.each(cases)(
    'needs little memory, is disconnected within 5 s, and leaves a healthy scrape of $what fast ($round; issue 10.10)',
    async ({ what, path, quantile, maxRatio }) => {
      server = await serve(counts.series)
      const warm = await ask(`${server.origin}/metrics`)
      expect(warm.text.split('\n').length).toBeGreaterThan(counts.series)
      for (let i = 0; i < 5; i++) await ask(`${server.origin}/metrics`)
      // the same scrape without the crowd, on the machine as it is now
      const aloneMs = performance.now()
      const alone = await scrapeWhile(server.origin + path, () => performance.now() - aloneMs > 2_000)
      expect(alone.failed).toEqual([])
      await server.measure('collect')
      await sleep(500)
      const idle = (await server.measure('collect')).rssBytes
      const fromMs = performance.now()
      const readers = neverReaders(server.port, counts.readers)
      crowds.push(readers)
      const slowComeMs = 250
      let peak = idle
      let goneMs: number | undefined
      let most = 0
      let cameMs = 0
      const elapsedMs = () => performance.now() - fromMs
      const scraping = scrapeWhile(server.origin + path, () => elapsedMs() > 8_000)
      while (elapsedMs() < 8_000) {
        if (crowds.length === 1 && elapsedMs() > slowComeMs)
          crowds.push(slowHeaders(server.port, counts.slow))
        const { rssBytes, connections } = await server.measure()
        // on a busy machine the last of the crowd is accepted late
        if (connections > most) {
          most = connections
          cameMs = elapsedMs()
        }
        peak = Math.max(peak, rssBytes)
        // the healthy scraper has at most one
        if (connections > 1) goneMs = undefined
        else goneMs ??= elapsedMs()
        await sleep(50)
      }
      const { times, failed } = await scraping
      const sorted = times.toSorted((a, b) => a - b)
      const p99 = sorted[Math.floor(sorted.length * 0.99)]
      console.log(
        `${counts.readers} that never read, ${counts.slow} slow: idle ${(idle / MB).toFixed(0)} MB, peak +${((peak - idle) / MB).toFixed(1)} MB, ` +
          `${most} connections at most, the last after ${cameMs.toFixed(0)} ms, disconnected after ${goneMs?.toFixed(0)} ms; ${times.length} healthy scrapes of ${what}, ${failed.length} failed (${[...new Set(failed)].join()}), ` +
          `p50 ${sorted[times.length >> 1].toFixed(1)} ms, p95 ${sorted[Math.floor(sorted.length * 0.95)].toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${sorted.at(-1)!.toFixed(1)} ms`,
      )
      expect(failed).toEqual([])
      expect(goneMs! - cameMs).toBeLessThan(5_000)
      const atQuantile = (some: readonly number[]) =>
        some.toSorted((a, b) => a - b)[Math.floor(some.length * quantile)]
      const ratio = atQuantile(times) / atQuantile(alone.times)
      console.log(
        `${ratio.toFixed(1)} times as long as ${atQuantile(alone.times).toFixed(1)} ms without the crowd`,
      )
      expect(ratio).toBeLessThan(maxRatio)
      expect(peak - idle).toBeLessThan(32 * MB)
    },
  )
})
