import { validateHeaderValue } from 'node:http'
import { cipherSuites, clientAuthTypes, curves, oneOf, securityHeaders, tlsVersions } from './names.js'
import type { ClientAuthType, PemSource, SecurityHeader, TlsSpec, TlsVersion } from './spec.js'

/** One value of the options or of a file: what it is, and how its faults are told. */
export interface Field<T> {
  readonly path: string
  readonly value: T
}

/** Notes a fault; `received` is told to the operator, so it holds no secret. */
export type Fault = (path: string, received: string, expected: string) => void

/** TLS as it is written, in options or in a file, with nothing checked but its shape. */
export interface RawTls {
  readonly cert: PemSource | undefined
  readonly key: PemSource | undefined
  readonly clientCa: PemSource | undefined
  readonly clientAuth: Field<string> | undefined
  readonly allowedSans: Field<readonly Field<string>[]> | undefined
  readonly minVersion: Field<string> | undefined
  readonly maxVersion: Field<string> | undefined
  readonly cipherSuites: readonly Field<string>[]
  readonly curves: readonly Field<string>[]
  readonly preferServerCiphers: boolean | undefined
  /** What certificate and key are called where they were written. */
  readonly names: { readonly cert: string; readonly key: string; readonly clientAuth: string }
}

/** Checks what does not need the files. Undefined when TLS is not asked for at all. */
export function checkTls(raw: RawTls, fault: Fault): TlsSpec | undefined {
  const clientAuth = pick<ClientAuthType>(raw.clientAuth, clientAuthTypes, fault) ?? 'NoClientCert'
  const minVersion = pick<TlsVersion>(raw.minVersion, tlsVersions, fault) ?? 'TLSv1.2'
  const maxVersion = pick<TlsVersion>(raw.maxVersion, tlsVersions, fault) ?? 'TLSv1.3'
  const spec = {
    clientCa: raw.clientCa,
    clientAuth,
    allowedSans: raw.allowedSans?.value.map(({ value }) => value),
    minVersion,
    maxVersion,
    ciphers: pickAll(raw.cipherSuites, cipherSuites, fault),
    curves: pickAll(raw.curves, curves, fault),
    preferServerCiphers: raw.preferServerCiphers ?? true,
  }
  const { cert, key, names } = raw
  if (cert === undefined && key === undefined && raw.clientCa === undefined && raw.clientAuth === undefined)
    return undefined
  if (cert === undefined) fault(names.cert, 'left out', 'the certificate that the server shows')
  if (key === undefined) fault(names.key, 'left out', 'the private key of the certificate')
  if (maxVersion < minVersion)
    fault(raw.maxVersion?.path ?? raw.minVersion!.path, maxVersion, `${minVersion} or newer`)
  if (raw.clientCa !== undefined && clientAuth === 'NoClientCert')
    fault(
      names.clientAuth,
      clientAuth,
      'a policy that uses the client CA, such as RequireAndVerifyClientCert',
    )
  if (raw.allowedSans !== undefined && !clientAuth.startsWith('Require'))
    fault(
      raw.allowedSans.path,
      `a list beside ${clientAuth}`,
      'RequireAnyClientCert or RequireAndVerifyClientCert',
    )
  return cert === undefined || key === undefined ? undefined : { cert, key, ...spec }
}

/** Checks response headers: only the five, with sound values. Blank ones are left out. */
export function checkHeaders(
  fields: readonly [string, Field<string>][],
  fault: Fault,
): Map<SecurityHeader, string> {
  const headers = new Map<SecurityHeader, string>()
  for (const [name, { path, value }] of fields) {
    const known = securityHeaders.get(name)
    if (known === undefined) fault(path, 'a header that can not be set here', oneOf(securityHeaders))
    else if (known.values?.includes(value) === false)
      fault(path, 'another value', known.values.map((one) => `"${one}"`).join(' or '))
    else if (!isHeaderValue(value))
      fault(path, 'a value that no header can carry', 'printable text on one line')
    else if (value !== '') headers.set(known.name, value)
  }
  return headers
}

/**
 * Whether a text is a bcrypt hash: version, cost from 4 to 31, 22 characters of salt, 31 of hash.
 *
 * Stricter than Go's library, which takes what can never match for a hash.
 */
export function isBcryptHash(text: string): boolean {
  return /^\$2[aby]?\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/.test(text)
}

/** The logarithm of a hash's rounds. */
export function bcryptCost(hash: string): number {
  return Number(/^\$2[aby]?\$(\d\d)/.exec(hash)![1])
}

export function checkUsers(fields: readonly [string, Field<string>][], fault: Fault): Map<string, string> {
  const users = new Map<string, string>()
  for (const [user, { path, value }] of fields) {
    if (isBcryptHash(value)) users.set(user, value)
    else fault(path, 'no bcrypt hash', 'one such as htpasswd -nBC 10 makes, of a cost from 4 to 31')
  }
  return users
}

function pick<T>(
  field: Field<string> | undefined,
  table: ReadonlyMap<string, T>,
  fault: Fault,
): T | undefined {
  if (field === undefined) return undefined
  const found = table.get(field.value)
  if (found === undefined) fault(field.path, JSON.stringify(field.value.slice(0, 60)), oneOf(table))
  return found
}

function pickAll(
  fields: readonly Field<string>[],
  table: ReadonlyMap<string, string>,
  fault: Fault,
): string[] {
  return fields.flatMap((field) => pick(field, table, fault) ?? [])
}

function isHeaderValue(value: string): boolean {
  try {
    validateHeaderValue('X', value)
    return true
  } catch {
    return false
  }
}
