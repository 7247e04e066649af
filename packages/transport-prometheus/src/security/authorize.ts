import type { BasicAuth, Verdict } from './basic-auth.js'
import { isValidToken, type BearerTokens } from './bearer-tokens.js'
import type { Refusal } from './refusal.js'

const REALM = 'realm="metrics"'

/** Who may read. */
export interface AuthorizeDeps {
  /** Whether there are users; without any, Basic is not offered. */
  readonly hasUsers: boolean
  readonly basicAuth: BasicAuth
  readonly tokens: BearerTokens
}

/** Checks an `Authorization` header. Undefined accepts the request. */
export function authorize(
  deps: AuthorizeDeps,
  header: string | undefined,
): Refusal | undefined | Promise<Refusal | undefined> {
  const [, scheme, credentials] = /^([A-Za-z]{1,20}) +([^ ].*)$/.exec(header ?? '') ?? []
  if (/^bearer$/i.test(scheme) && deps.tokens.digests.length > 0)
    return isValidToken(deps.tokens, credentials) ? undefined : unauthorized(deps)
  if (/^basic$/i.test(scheme) && deps.hasUsers) {
    const pair = parsePair(credentials)
    if (pair === undefined) return unauthorized(deps)
    const verdict = deps.basicAuth.check(pair.user, pair.password)
    return typeof verdict === 'string'
      ? refusalFor(deps, verdict)
      : verdict.then((late) => refusalFor(deps, late))
  }
  return unauthorized(deps)
}

// Source: RFC 7617, section 2: the name ends at the first colon
function parsePair(encoded: string): { user: string; password: string } | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

function refusalFor(deps: AuthorizeDeps, verdict: Verdict): Refusal | undefined {
  if (verdict === 'accepted') return undefined
  if (verdict === 'refused') return unauthorized(deps)
  return {
    status: 503,
    body: 'Too many passwords are being checked; try again.\n',
    headers: { 'Retry-After': '1' },
  }
}

// Source: RFC 9110, section 11.6.1
function unauthorized({ hasUsers, tokens }: AuthorizeDeps): Refusal {
  const challenges = [
    ...(hasUsers ? [`Basic ${REALM}, charset="UTF-8"`] : []),
    ...(tokens.digests.length > 0 ? [`Bearer ${REALM}`] : []),
  ]
  return { status: 401, body: 'Unauthorized.\n', headers: { 'WWW-Authenticate': challenges } }
}
