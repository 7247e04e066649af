import { resolve } from 'node:path'
import { OptionCheck, type OptionIssue } from '@tidegauge/core'
import { checkHeaders, checkTls, checkUsers, type Fault, type Field } from './fields.js'
import { parseLimits, type Limits } from './limits.js'
import type { SecuritySettings } from './security.js'
import type { PemSource, SecurityHeader, SecuritySpec, TlsSpec } from './spec.js'

/** TLS of the transport's own server. PEM as text, or the file that holds it; files are read again when they change. */
export interface TlsOptions {
  readonly cert?: string
  readonly certFile?: string
  readonly key?: string
  readonly keyFile?: string
  /** Who signs the certificates of clients. */
  readonly clientCa?: string
  readonly clientCaFile?: string
  /** Default `NoClientCert`; only `RequireAndVerifyClientCert` keeps strangers out. */
  readonly clientAuthType?:
    | 'NoClientCert'
    | 'RequestClientCert'
    | 'RequireAnyClientCert'
    | 'VerifyClientCertIfGiven'
    | 'RequireAndVerifyClientCert'
  /** A client's certificate must hold one of these DNS names, addresses, e-mail addresses or URIs. */
  readonly clientAllowedSans?: readonly string[]
  /** Default `TLS12`. */
  readonly minVersion?: 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13'
  /** Default `TLS13`. */
  readonly maxVersion?: 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13'
  /** For versions up to 1.2, in Go's names: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. Default Node.js's. */
  readonly cipherSuites?: readonly string[]
  /** In order of preference. Default Node.js's. */
  readonly curves?: readonly ('X25519' | 'CurveP256' | 'CurveP384' | 'CurveP521')[]
}

/** Who may read, and what clients may cost. */
export interface SecurityOptions {
  /** Default: plain HTTP. */
  readonly tls?: TlsOptions
  /** Users with the bcrypt hashes of their passwords. Default: none, everybody may read. */
  readonly basicAuth?: { readonly users: Readonly<Record<string, string>> }
  /** Tokens that are taken in place of a user. Default: none. */
  readonly bearerTokens?: readonly string[]
  /** Headers of every answer. Default: none. */
  readonly headers?: Readonly<Partial<Record<SecurityHeader, string>>>
  /** Requests past it get 429. Default: none. */
  readonly rateLimit?: { readonly intervalMs: number; readonly burst: number }
  /** A web.config.yml as the exporter-toolkit has it, in place of `tls`, `basicAuth`, `headers` and `rateLimit`. */
  readonly webConfigFile?: string
  readonly limits?: Partial<Limits>
}

export const securityKeys = [
  'tls',
  'basicAuth',
  'bearerTokens',
  'headers',
  'rateLimit',
  'webConfigFile',
  'limits',
] as const

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

/** Checks the options; secrets are never told. Reads no file. */
export function parseSecurity(
  check: OptionCheck,
  given: SecurityOptions,
  server: 'own' | 'none',
): { security: SecuritySettings; limits: Limits } {
  const fault: Fault = (path, received, expected) => void check.issues.push({ path, received, expected })
  const webConfigFile =
    given.webConfigFile === undefined ? undefined : check.text('webConfigFile', given.webConfigFile, '')
  for (const key of ['tls', 'basicAuth', 'headers', 'rateLimit'] as const)
    if (webConfigFile !== undefined && given[key] !== undefined)
      fault(key, 'given beside webConfigFile', 'one of the two')
  if (server === 'none' && given.tls !== undefined)
    fault('tls', 'given beside server "none"', 'TLS of the server that the host has')
  const reader = new TextReader(check.issues)
  const spec: SecuritySpec = {
    tls: given.tls === undefined ? undefined : parseTls(check, given.tls, reader, fault),
    users: checkUsers(
      reader.entries('basicAuth.users', check.object('basicAuth', given.basicAuth, ['users'])['users']),
      fault,
    ),
    headers: checkHeaders(reader.entries('headers', given.headers), fault),
    rateLimit: parseRateLimit(check, given.rateLimit),
    notes: [],
  }
  const bearerTokens = reader.texts('bearerTokens', given.bearerTokens)?.map(({ value }) => value) ?? []
  return { security: { webConfigFile, spec, bearerTokens }, limits: parseLimits(check, given.limits) }
}

function parseTls(check: OptionCheck, given: unknown, reader: TextReader, fault: Fault): TlsSpec | undefined {
  const tls = check.object('tls', given, tlsKeys)
  const text = (name: string) => reader.text(`tls.${name}`, tls[name])
  const pem = (name: string): PemSource | undefined => {
    const [inline, file] = [text(name), text(`${name}File`)]
    if (inline !== undefined && file !== undefined)
      fault(`tls.${name}`, `given beside ${name}File`, 'one of the two')
    if (file !== undefined) return { path: file.path, file: resolve(file.value) }
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
    fault,
  )
  // in a file this means plain HTTP, for the exporter-toolkit's sake; who writes the option means TLS
  if (spec === undefined && check.issues.length === 0)
    fault('tls.certFile', 'left out', 'the certificate that the server shows')
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

/** Reads texts without ever quoting them: any of them may be a secret in the wrong place. */
class TextReader {
  readonly #issues: OptionIssue[]

  constructor(issues: OptionIssue[]) {
    this.#issues = issues
  }

  text(path: string, value: unknown): Field<string> | undefined {
    if (value === undefined) return undefined
    if (typeof value === 'string' && value !== '') return { path, value }
    this.#issues.push({
      path,
      received: `a ${value === '' ? 'text of no letters' : typeof value}`,
      expected: 'a string that is not empty',
    })
    return undefined
  }

  texts(path: string, value: unknown): Field<string>[] | undefined {
    if (value === undefined) return undefined
    if (Array.isArray(value)) return value.flatMap((one, i) => this.text(`${path}.${i}`, one) ?? [])
    this.#issues.push({ path, received: `a ${typeof value}`, expected: 'a list of strings' })
    return undefined
  }

  entries(path: string, value: unknown): [string, Field<string>][] {
    if (value === undefined) return []
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.entries(value).flatMap(([name, one]): [string, Field<string>][] => {
        const field = this.text(`${path}.${name}`, one)
        return field === undefined ? [] : [[name, field]]
      })
    this.#issues.push({ path, received: `a ${typeof value}`, expected: 'an object of strings' })
    return []
  }
}
