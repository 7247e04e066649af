import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Bearer tokens, kept as digests: a dump of the heap shows none, and lengths tell nothing. */
export interface BearerTokens {
  readonly key: Buffer
  readonly digests: readonly Buffer[]
}

export function createBearerTokens(tokens: readonly string[]): BearerTokens {
  const key = randomBytes(32)
  return { key, digests: tokens.map((token) => digest(key, token)) }
}

/** Whether a token is one of them. Takes as long for each, right or wrong. */
export function isKnownToken({ key, digests }: BearerTokens, token: string): boolean {
  const given = digest(key, token)
  let isKnown = false
  for (const one of digests) isKnown = timingSafeEqual(one, given) || isKnown
  return isKnown
}

function digest(key: Buffer, token: string): Buffer {
  return createHmac('sha256', key).update(token).digest()
}
