import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '@tidegauge/core'
import { authorize } from './authorize.js'
import { BasicAuth } from './basic-auth.js'
import { createBcryptWorker } from './bcrypt-worker.js'
import { createBearerTokens, type BearerTokens } from './bearer-tokens.js'
import { refusalOf } from './client-certificate.js'
import { openSettings, refreshSettings, type LiveSettings, type SettingsSource } from './live-settings.js'
import { createRateLimiter, takeToken, type RateLimiter } from './rate-limit.js'

/** What guards the pages while a host runs. */
export interface Security {
  readonly live: LiveSettings
  readonly basicAuth: BasicAuth
  readonly tokens: BearerTokens
  rateLimiter: RateLimiter | undefined
}

/** A request that is not let in, and the answer that it gets. */
export interface Refusal {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

export interface SecuritySettings extends SettingsSource {
  readonly bearerTokens: readonly string[]
}

/** Reads files and makes the guard ready. Throws `OPTIONS_INVALID`. */
export function openSecurity(
  settings: SecuritySettings,
  surroundings: { logger: Logger; monotonic: () => number },
): Security {
  const live = openSettings(settings, surroundings)
  const security: Security = {
    live,
    basicAuth: new BasicAuth(createBcryptWorker()),
    tokens: createBearerTokens(settings.bearerTokens),
    rateLimiter: undefined,
  }
  const use = () => useSpec(security)
  use()
  live.onChange.push(use)
  return security
}

/** Ends what it started. */
export function closeSecurity(security: Security): Promise<void> {
  return security.basicAuth.stop()
}

/** Whether the pages ask who reads them. */
export function isGuarded({ live, tokens }: Security): boolean {
  return live.loaded.spec.users.size > 0 || tokens.digests.length > 0
}

/**
 * Lets a request pass, at once where nothing has to be computed, or tells what it is answered.
 *
 * In the exporter-toolkit's order: rate limit, headers, who it is.
 */
export function admit(
  security: Security,
  request: IncomingMessage,
  response: ServerResponse,
  isOwnServer: boolean,
): Refusal | undefined | Promise<Refusal | undefined> {
  const { live } = security
  refreshSettings(live)
  const { spec } = live.loaded
  const waitMs = security.rateLimiter === undefined ? 0 : takeToken(security.rateLimiter, live.monotonic())
  if (waitMs > 0)
    return {
      status: 429,
      body: 'Too many requests.\n',
      headers: { 'Retry-After': String(Math.ceil(waitMs / 1_000)) },
    }
  for (const [name, value] of spec.headers) response.setHeader(name, value)
  if (isOwnServer && spec.tls !== undefined) {
    // the connection may be older than the policy
    const refusal = refusalOf(request.socket, spec.tls)
    if (refusal !== undefined)
      return { status: 403, body: `Refused: ${refusal}.\n`, headers: { Connection: 'close' } }
  }
  return isGuarded(security) ? authorize(security, request.headers.authorization) : undefined
}

function useSpec(security: Security): void {
  const { live, basicAuth, rateLimiter } = security
  const { users, rateLimit } = live.loaded.spec
  if (!basicAuth.has(users)) basicAuth.use(users)
  const isSame =
    rateLimit?.burst === rateLimiter?.limit.burst && rateLimit?.intervalMs === rateLimiter?.limit.intervalMs
  if (!isSame) security.rateLimiter = rateLimit && createRateLimiter(rateLimit, live.monotonic())
}
