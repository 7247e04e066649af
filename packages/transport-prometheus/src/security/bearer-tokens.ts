import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Bearer tokens, kept as keyed digests: they are not in memory, and their lengths cannot be measured. */
export interface BearerTokens {
  readonly key: Buffer
  readonly digests: readonly Buffer[]
}

/** Makes the digests of tokens, with a new key. */
export function createBearerTokens(tokens: readonly string[]): BearerTokens {
  const key = randomBytes(32)
  return { key, digests: tokens.map((token) => digest(key, token)) }
}

/** Whether a token is one of them. Always takes the same time. */
export function isValidToken({ key, digests }: BearerTokens, token: string): boolean {
  const given = digest(key, token)
  let isValid = false
  for (const one of digests) isValid = timingSafeEqual(one, given) || isValid
  return isValid
}

function digest(key: Buffer, token: string): Buffer {
  return createHmac('sha256', key).update(token).digest()
}
