import { cipherSuites, clientAuthTypes, curves, oneOf, tlsVersions } from './go-names.js'
import type { AddIssue, Field } from './issue.js'
import type { ClientAuthType, PemSource, TlsSpec, TlsVersion } from './spec.js'

/** TLS as the options or a file have it; only the types are checked. */
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
  /** The names of these fields where they were written, for issues. */
  readonly names: { readonly cert: string; readonly key: string; readonly clientAuth: string }
}

/** Checks everything that can be checked without the files. Undefined when there is no TLS. */
export function checkTls(raw: RawTls, addIssue: AddIssue): TlsSpec | undefined {
  const clientAuth = pick<ClientAuthType>(raw.clientAuth, clientAuthTypes, addIssue) ?? 'NoClientCert'
  const minVersion = pick<TlsVersion>(raw.minVersion, tlsVersions, addIssue) ?? 'TLSv1.2'
  const maxVersion = pick<TlsVersion>(raw.maxVersion, tlsVersions, addIssue) ?? 'TLSv1.3'
  const spec = {
    clientCa: raw.clientCa,
    clientAuth,
    allowedSans: raw.allowedSans?.value.map(({ value }) => value),
    minVersion,
    maxVersion,
    ciphers: pickAll(raw.cipherSuites, cipherSuites, addIssue),
    curves: pickAll(raw.curves, curves, addIssue),
    preferServerCiphers: raw.preferServerCiphers ?? true,
  }
  const { cert, key, names } = raw
  if (cert === undefined && key === undefined && raw.clientCa === undefined && raw.clientAuth === undefined)
    return undefined
  if (cert === undefined) addIssue(names.cert, 'missing', 'the certificate of the server')
  if (key === undefined) addIssue(names.key, 'missing', 'the private key of the certificate')
  if (maxVersion < minVersion)
    addIssue(raw.maxVersion?.path ?? raw.minVersion!.path, maxVersion, `${minVersion} or newer`)
  if (raw.clientCa !== undefined && clientAuth === 'NoClientCert')
    addIssue(
      names.clientAuth,
      clientAuth,
      'a policy that uses the client CA, such as RequireAndVerifyClientCert',
    )
  if (raw.allowedSans !== undefined && !clientAuth.startsWith('Require'))
    addIssue(
      raw.allowedSans.path,
      `a list together with ${clientAuth}`,
      'RequireAnyClientCert or RequireAndVerifyClientCert',
    )
  return cert === undefined || key === undefined ? undefined : { cert, key, ...spec }
}

function pick<T>(
  field: Field<string> | undefined,
  table: ReadonlyMap<string, T>,
  addIssue: AddIssue,
): T | undefined {
  if (field === undefined) return undefined
  const found = table.get(field.value)
  if (found === undefined) addIssue(field.path, JSON.stringify(field.value.slice(0, 60)), oneOf(table))
  return found
}

function pickAll(
  fields: readonly Field<string>[],
  table: ReadonlyMap<string, string>,
  addIssue: AddIssue,
): string[] {
  return fields.flatMap((field) => pick(field, table, addIssue) ?? [])
}
