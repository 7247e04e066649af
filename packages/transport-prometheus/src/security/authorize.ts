import type { Verdict } from './basic-auth.js'
import { isKnownToken } from './bearer-tokens.js'
import type { Refusal, Security } from './security.js'

const REALM = 'realm="metrics"'

/** Reads who a request says it is from, and whether that is so. Undefined lets it pass. */
export function authorize(
  security: Security,
  header: string | undefined,
): Refusal | undefined | Promise<Refusal | undefined> {
  const [, scheme, rest] = /^([A-Za-z]{1,20}) +([^ ].*)$/.exec(header ?? '') ?? []
  const { users } = security.live.loaded.spec
  if (/^bearer$/i.test(scheme) && security.tokens.digests.length > 0)
    return isKnownToken(security.tokens, rest) ? undefined : unauthorized(security)
  if (/^basic$/i.test(scheme) && users.size > 0) {
    const pair = parsePair(rest)
    if (pair === undefined) return unauthorized(security)
    const verdict = security.basicAuth.check(pair.user, pair.password)
    return typeof verdict === 'string'
      ? answer(security, verdict)
      : verdict.then((one) => answer(security, one))
  }
  return unauthorized(security)
}

// Source: RFC 7617, section 2: the name ends at the first colon
function parsePair(encoded: string): { user: string; password: string } | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

function answer(security: Security, verdict: Verdict): Refusal | undefined {
  if (verdict === 'accepted') return undefined
  if (verdict === 'refused') return unauthorized(security)
  return {
    status: 503,
    body: 'Too many passwords are being checked; try again.\n',
    headers: { 'Retry-After': '1' },
  }
}

// Source: RFC 9110, section 11.6.1
function unauthorized({ live, tokens }: Security): Refusal {
  const challenges = [
    ...(live.loaded.spec.users.size > 0 ? [`Basic ${REALM}, charset="UTF-8"`] : []),
    ...(tokens.digests.length > 0 ? [`Bearer ${REALM}`] : []),
  ]
  return { status: 401, body: 'Unauthorized.\n', headers: { 'WWW-Authenticate': challenges } }
}
