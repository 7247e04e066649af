import { constants, createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { AddIssue } from './issue.js'
import type { PemSource, TlsSpec } from './spec.js'

/** What a server needs for TLS, read from the files and checked. */
export interface Credentials {
  readonly context: SecureContextOptions
  readonly certificate: X509Certificate
}

const pemBlock =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g

/** Reads certificate, key and CA, and checks that they match. Adds issues; undefined when TLS cannot be set up. */
export function loadCredentials(tls: TlsSpec, addIssue: AddIssue): Credentials | undefined {
  const cert = readPem(tls.cert, addIssue)
  const key = readPem(tls.key, addIssue)
  const ca = tls.clientCa && readPem(tls.clientCa, addIssue)
  if (cert === undefined || key === undefined || (tls.clientCa && ca === undefined)) return undefined
  const certificate = parseCertificates(cert)?.[0]
  const privateKey = parseKey(key)
  if (certificate === undefined) addIssue(tls.cert.path, 'not a certificate', 'a certificate in PEM')
  if (privateKey === undefined)
    addIssue(tls.key.path, 'not a private key', 'a private key in PEM, not encrypted')
  // a CA without a readable certificate would lock everybody out
  if (ca !== undefined && parseCertificates(ca) === undefined)
    addIssue(tls.clientCa!.path, 'not a certificate', 'one or more certificates in PEM')
  if (certificate === undefined || privateKey === undefined) return undefined
  if (!certificate.checkPrivateKey(privateKey))
    addIssue(tls.key.path, 'the key of another certificate', 'the private key of the certificate')
  const context = contextOptions(tls, cert, key, ca)
  try {
    createSecureContext(context)
  } catch {
    addIssue(tls.cert.path, 'a certificate or setting that OpenSSL refuses', 'one that it accepts')
  }
  return { context, certificate }
}

/** Whether a certificate has expired, or is not valid yet. */
export function isOutOfDate(certificate: X509Certificate, nowMs: number): boolean {
  return nowMs < Date.parse(certificate.validFrom) || nowMs > Date.parse(certificate.validTo)
}

function contextOptions(
  tls: TlsSpec,
  cert: string,
  key: string,
  ca: string | undefined,
): SecureContextOptions {
  const isOld = tls.minVersion === 'TLSv1' || tls.minVersion === 'TLSv1.1'
  // OpenSSL 3 supports versions before 1.2 at security level 0 only
  const list = [
    ...withNewest(tls.ciphers),
    ...(isOld ? [tls.ciphers.length === 0 ? 'DEFAULT' : '', '@SECLEVEL=0'] : []),
  ]
  const ciphers = list.filter((one) => one !== '').join(':')
  return {
    cert,
    key,
    ca,
    minVersion: tls.minVersion,
    maxVersion: tls.maxVersion,
    honorCipherOrder: tls.preferServerCiphers,
    // no resumption: a session from before a change would bypass the new policy on client certificates
    secureOptions: constants.SSL_OP_NO_TICKET,
    ...(ciphers !== '' && { ciphers }),
    ...(tls.curves.length > 0 && { ecdhCurve: tls.curves.join(':') }),
  }
}

/** As in Go, the list applies to versions up to 1.2; the suites of TLS 1.3 are always enabled. */
function withNewest(ciphers: readonly string[]): readonly string[] {
  if (ciphers.length === 0) return []
  const newest = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
  return [...ciphers, ...newest.filter((one) => !ciphers.includes(one))]
}

function readPem(source: PemSource, addIssue: AddIssue): string | undefined {
  if (source.file === undefined) return source.text
  try {
    return readFileSync(source.file, 'utf8')
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown'
    addIssue(
      source.path,
      `a file that cannot be read (${code}): ${JSON.stringify(source.file)}`,
      'a readable file',
    )
    return undefined
  }
}

/** All certificates of a text; undefined when there is none, or one is invalid. */
function parseCertificates(text: string): X509Certificate[] | undefined {
  try {
    const all = [...text.matchAll(pemBlock)].map(([block]) => new X509Certificate(block))
    return all.length === 0 ? undefined : all
  } catch {
    return undefined
  }
}

function parseKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text)
  } catch {
    return undefined
  }
}
