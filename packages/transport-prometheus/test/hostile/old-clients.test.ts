/** HTTP/1.0 has no chunks: only Content-Length or a reset shows a client that its document is cut. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { startPages, type PagesOptions } from '../support/start-pages.js'

const table = {
  level: { kind: 'gauge', name: 'level', help: 'h', labels: { n: {} }, seriesLimit: 1_000_000 },
  last: { kind: 'counter', name: 'last_total', help: 'h' },
} as const

async function start(series: number, options: PagesOptions = {}) {
  const host = await startPages(table, options)
  for (let i = 0; i < series; i++)
    host.instruments.level.set({ n: `a series with a long name ${i}` }, i + 0.5)
  return host
}

/** Requests everything with HTTP/1.0, and reads it after `pause`. */
async function scrape(port: number, pause: () => Promise<unknown>): Promise<{ text: string; end: string }> {
  const socket = connect(port, '127.0.0.1')
  socket.pause()
  let text = ''
  const ended = new Promise<string>((resolve) => {
    socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'error'))
    socket.on('end', () => resolve('clean'))
  })
  socket.on('data', (data) => (text += data.toString('latin1')))
  socket.pause()
  socket.write('GET /metrics HTTP/1.0\r\nHost: x\r\n\r\n')
  await pause()
  socket.resume()
  const end = await ended
  socket.destroy()
  return { text, end }
}

const isComplete = (text: string) => text.endsWith('\nlast_total 0\n')

describe('a client of HTTP/1.0', () => {
  test('gets a short body with its length, and a long one whole (issue 10.22)', async () => {
    const { port } = await start(10)
    const short = await scrape(port, async () => {})
    expect(short.text).toMatch(/content-length: \d+/i)
    const { port: longPort } = await start(20_000)
    const long = await scrape(longPort, async () => {})
    expect({ end: long.end, isComplete: isComplete(long.text) }).toEqual({ end: 'clean', isComplete: true })
  })

  test('is reset when it is cut because it does not read (issue 10.22)', { timeout: 30_000 }, async () => {
    const { port } = await start(250_000, { prometheus: { limits: { clientTimeoutMs: 300 } } })
    const { text, end } = await scrape(port, () => sleep(3_000))
    expect({ end, isComplete: isComplete(text) }).toEqual({ end: 'ECONNRESET', isComplete: false })
  })

  test('is reset when the host stops (issue 10.22)', { timeout: 30_000 }, async () => {
    const { port, tidegauge } = await start(250_000)
    const { text, end } = await scrape(port, async () => {
      await sleep(500)
      await tidegauge.stop()
    })
    expect({ end, isComplete: isComplete(text) }).toEqual({ end: 'ECONNRESET', isComplete: false })
  })
})
