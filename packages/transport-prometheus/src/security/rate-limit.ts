import type { RateLimit } from './spec.js'

/** A bucket of tokens: one more each interval, up to the burst. */
export interface RateLimiter {
  readonly limit: RateLimit
  tokens: number
  filledAtMs: number
}

export function createRateLimiter(limit: RateLimit, nowMs: number): RateLimiter {
  return { limit, tokens: limit.burst, filledAtMs: nowMs }
}

/** Takes a token. Returns how long until there is one, 0 when one was taken. */
export function takeToken(limiter: RateLimiter, nowMs: number): number {
  const { intervalMs, burst } = limiter.limit
  const grown = Math.max(nowMs - limiter.filledAtMs, 0) / intervalMs
  limiter.tokens = Math.min(limiter.tokens + grown, burst)
  limiter.filledAtMs = nowMs
  if (limiter.tokens < 1) return Math.max((1 - limiter.tokens) * intervalMs, 1)
  limiter.tokens--
  return 0
}
