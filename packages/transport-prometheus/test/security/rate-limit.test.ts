import { expect, test } from 'vitest'
import { createRateLimiter, takeToken } from '../../src/security/rate-limit.js'
import { startPages } from '../support/start-pages.js'
import { ask } from './support/ask.js'

const table = { hits: { kind: 'counter', name: 'hits_total', help: 'Hits' } } as const

test('requests beyond the burst get 429 with the time to wait, on every page', async () => {
  const { origin } = await startPages(table, { prometheus: { rateLimit: { intervalMs: 60_000, burst: 3 } } })
  for (const path of ['/metrics', '/health', '/nothing'])
    expect((await ask(origin + path)).status).not.toBe(429)
  const limited = await ask(`${origin}/metrics`)
  expect(limited.status).toBe(429)
  expect(Number(limited.headers['retry-after'])).toBeGreaterThan(50)
})

test('the bucket gets one token per interval, up to the burst, and loses none when the clock goes back', () => {
  const limiter = createRateLimiter({ intervalMs: 100, burst: 2 }, 0)
  expect([takeToken(limiter, 0), takeToken(limiter, 0)]).toEqual([0, 0])
  expect(takeToken(limiter, 50)).toBe(50)
  expect(takeToken(limiter, 100)).toBe(0)
  expect(takeToken(limiter, 100)).toBe(100)
  expect([takeToken(limiter, 9_999), takeToken(limiter, 9_999), takeToken(limiter, 9_999)]).toEqual([
    0, 0, 100,
  ])
  expect(takeToken(limiter, 0)).toBe(100)
})

test('a burst of 0 refuses every request with 429 (issue 10.29)', () => {
  const limiter = createRateLimiter({ intervalMs: 1_000, burst: 0 }, 0)
  expect([takeToken(limiter, 0), takeToken(limiter, 1e6), takeToken(limiter, 1e9)]).toEqual([1e3, 1e3, 1e3])
})
