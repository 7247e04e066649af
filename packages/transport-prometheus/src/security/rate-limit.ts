import type { RateLimit } from './spec.js'

/** A token bucket: it gets one token per interval, up to the burst. */
export interface RateLimiter {
  readonly limit: RateLimit
  tokens: number
  filledAtMs: number
}

/** Creates a full bucket. */
export function createRateLimiter(limit: RateLimit, nowMs: number): RateLimiter {
  return { limit, tokens: limit.burst, filledAtMs: nowMs }
}

/** Takes a token, and returns 0; or returns in how many milliseconds there will be one. */
export function takeToken(limiter: RateLimiter, nowMs: number): number {
  const { intervalMs, burst } = limiter.limit
  const added = Math.max(nowMs - limiter.filledAtMs, 0) / intervalMs
  limiter.tokens = Math.min(limiter.tokens + added, burst)
  limiter.filledAtMs = nowMs
  if (limiter.tokens < 1) return Math.max((1 - limiter.tokens) * intervalMs, 1)
  limiter.tokens--
  return 0
}
