import type { OptionCheck } from '@tidegauge/core'
import { checkUsers } from './bcrypt-hash.js'
import { checkHeaders } from './check-headers.js'
import { checkTls } from './check-tls.js'
import type { AddIssue } from './issue.js'
import { parseLimits, type Limits } from './limits.js'
import type { SecurityOptions } from './options.js'
import { SecretReader } from './secret-reader.js'
import type { PemSource, SecuritySettings, SecuritySpec, TlsSpec } from './spec.js'

const tlsKeys = [
  'cert',
  'certFile',
  'key',
  'keyFile',
  'clientCa',
  'clientCaFile',
  'clientAuthType',
  'clientAllowedSans',
  'minVersion',
  'maxVersion',
  'cipherSuites',
  'curves',
]

/** Checks the options. Adds issues to `check`; they never contain a secret. Reads no file. */
export function parseSecurity(
  check: OptionCheck,
  given: SecurityOptions,
  server: 'own' | 'none',
): { security: SecuritySettings; limits: Limits } {
  const addIssue: AddIssue = (path, received, expected) =>
    void check.issues.push({ path, received, expected })
  const webConfigFile =
    given.webConfigFile === undefined ? undefined : check.text('webConfigFile', given.webConfigFile, '')
  for (const key of ['tls', 'basicAuth', 'headers', 'rateLimit'] as const)
    if (webConfigFile !== undefined && given[key] !== undefined)
      addIssue(key, 'given together with webConfigFile', 'one of the two')
  if (server === 'none' && given.tls !== undefined)
    addIssue('tls', 'given together with server "none"', 'TLS in your own server')
  const reader = new SecretReader(check.issues)
  const spec: SecuritySpec = {
    tls: given.tls === undefined ? undefined : parseTls(check, given.tls, reader, addIssue),
    users: checkUsers(
      reader.entries('basicAuth.users', check.object('basicAuth', given.basicAuth, ['users'])['users']),
      addIssue,
    ),
    headers: checkHeaders(reader.entries('headers', given.headers), addIssue),
    rateLimit: parseRateLimit(check, given.rateLimit),
    warnings: [],
  }
  const bearerTokens = reader.texts('bearerTokens', given.bearerTokens)?.map(({ value }) => value) ?? []
  return { security: { webConfigFile, spec, bearerTokens }, limits: parseLimits(check, given.limits) }
}

function parseTls(
  check: OptionCheck,
  given: unknown,
  reader: SecretReader,
  addIssue: AddIssue,
): TlsSpec | undefined {
  const tls = check.object('tls', given, tlsKeys)
  const text = (name: string) => reader.text(`tls.${name}`, tls[name])
  const pem = (name: string): PemSource | undefined => {
    const [inline, file] = [text(name), text(`${name}File`)]
    if (inline !== undefined && file !== undefined)
      addIssue(`tls.${name}`, `given together with ${name}File`, 'one of the two')
    if (file !== undefined) return { path: file.path, file: file.value }
    return inline && { path: inline.path, text: inline.value }
  }
  const sans = reader.texts('tls.clientAllowedSans', tls['clientAllowedSans'])
  const spec = checkTls(
    {
      cert: pem('cert'),
      key: pem('key'),
      clientCa: pem('clientCa'),
      clientAuth: text('clientAuthType'),
      allowedSans: sans && { path: 'tls.clientAllowedSans', value: sans },
      minVersion: text('minVersion'),
      maxVersion: text('maxVersion'),
      cipherSuites: reader.texts('tls.cipherSuites', tls['cipherSuites']) ?? [],
      curves: reader.texts('tls.curves', tls['curves']) ?? [],
      preferServerCiphers: true,
      names: { cert: 'tls.certFile', key: 'tls.keyFile', clientAuth: 'tls.clientAuthType' },
    },
    addIssue,
  )
  // in a file this means plain HTTP, as in the exporter-toolkit; with the option, TLS was intended
  if (spec === undefined && check.issues.length === 0)
    addIssue('tls.certFile', 'missing', 'the certificate of the server')
  return spec
}

function parseRateLimit(check: OptionCheck, given: unknown): SecuritySpec['rateLimit'] {
  if (given === undefined) return undefined
  const limit = check.object('rateLimit', given, ['intervalMs', 'burst'])
  return {
    intervalMs: check.integer('rateLimit.intervalMs', limit['intervalMs'], 1_000, 1),
    burst: check.integer('rateLimit.burst', limit['burst'], 1, 1),
  }
}
