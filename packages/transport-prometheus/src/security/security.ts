import type { IncomingMessage, ServerResponse } from 'node:http'
import { authorize } from './authorize.js'
import { BasicAuth } from './basic-auth.js'
import { createBcryptWorker } from './bcrypt-worker.js'
import { createBearerTokens, type BearerTokens } from './bearer-tokens.js'
import { whyRefused } from './client-certificate.js'
import { openSettings, refreshSettings, type LiveSettings, type LiveSettingsDeps } from './live-settings.js'
import { createRateLimiter, takeToken, type RateLimiter } from './rate-limit.js'
import type { Refusal } from './refusal.js'
import type { SecuritySettings } from './spec.js'

/** Protects the pages while a host runs. */
export interface Security {
  readonly live: LiveSettings
  readonly basicAuth: BasicAuth
  readonly tokens: BearerTokens
  rateLimiter: RateLimiter | undefined
}

/** Reads the files of the settings. Throws `OPTIONS_INVALID`. */
export function openSecurity(settings: SecuritySettings, deps: LiveSettingsDeps): Security {
  const live = openSettings(settings, deps)
  const security: Security = {
    live,
    basicAuth: new BasicAuth(createBcryptWorker()),
    tokens: createBearerTokens(settings.bearerTokens),
    rateLimiter: undefined,
  }
  applySettings(security)
  live.onChange.push(() => applySettings(security))
  return security
}

/** Stops what {@link openSecurity} started. */
export function closeSecurity(security: Security): Promise<void> {
  return security.basicAuth.stop()
}

/** Whether readers must authenticate with a password or a token. */
export function requiresAuth({ live, tokens }: Security): boolean {
  return live.loaded.spec.users.size > 0 || tokens.digests.length > 0
}

/** Whether every reader is known: by a password, a token, or on the transport's own server a certificate. */
export function authenticates(security: Security, server: 'own' | 'none'): boolean {
  const { tls } = security.live.loaded.spec
  return requiresAuth(security) || (server === 'own' && tls?.clientAuth === 'RequireAndVerifyClientCert')
}

/**
 * Checks a request, in the exporter-toolkit's order: rate limit, headers, authentication. Undefined accepts it. The
 * answer is immediate, except for a password that has not been checked before.
 */
export function checkRequest(
  security: Security,
  request: IncomingMessage,
  response: ServerResponse,
  server: 'own' | 'none',
): Refusal | undefined | Promise<Refusal | undefined> {
  const { live, basicAuth, tokens } = security
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
  if (server === 'own' && spec.tls !== undefined) {
    // the connection may be older than the policy
    const why = whyRefused(request.socket, spec.tls)
    if (why !== undefined)
      return { status: 403, body: `Refused: ${why}.\n`, headers: { Connection: 'close' } }
  }
  if (!requiresAuth(security)) return undefined
  return authorize({ hasUsers: spec.users.size > 0, basicAuth, tokens }, request.headers.authorization)
}

function applySettings(security: Security): void {
  const { live, basicAuth, rateLimiter } = security
  const { users, rateLimit } = live.loaded.spec
  if (!basicAuth.hasUsers(users)) basicAuth.setUsers(users)
  const isSame =
    rateLimit?.burst === rateLimiter?.limit.burst && rateLimit?.intervalMs === rateLimiter?.limit.intervalMs
  if (!isSame) security.rateLimiter = rateLimit && createRateLimiter(rateLimit, live.monotonic())
}
