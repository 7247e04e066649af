import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { constants } from 'node:crypto'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Fault } from './fields.js'
import type { PemSource, TlsSpec } from './spec.js'

/** What a server needs for TLS, read and tried. */
export interface Credentials {
  readonly context: SecureContextOptions
  readonly certificate: X509Certificate
}

const pemBlock =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g

/** Reads certificate, key and CA, and sees that they go together. Undefined when a fault was told. */
export function loadCredentials(tls: TlsSpec, fault: Fault): Credentials | undefined {
  const cert = readPem(tls.cert, fault)
  const key = readPem(tls.key, fault)
  const ca = tls.clientCa && readPem(tls.clientCa, fault)
  if (cert === undefined || key === undefined || (tls.clientCa && ca === undefined)) return undefined
  const certificate = parseCertificates(cert)?.[0]
  const privateKey = parseKey(key)
  if (certificate === undefined) fault(tls.cert.path, 'no certificate', 'a certificate in PEM')
  if (privateKey === undefined) fault(tls.key.path, 'no private key', 'a private key in PEM, not encrypted')
  // a CA of which nothing can be read would lock everybody out
  if (ca !== undefined && parseCertificates(ca) === undefined)
    fault(tls.clientCa!.path, 'no certificate', 'one or more certificates in PEM')
  if (certificate === undefined || privateKey === undefined) return undefined
  if (!certificate.checkPrivateKey(privateKey))
    fault(tls.key.path, 'the key of another certificate', 'the private key of the certificate')
  const context = contextOptions(tls, cert, key, ca)
  try {
    createSecureContext(context)
  } catch {
    fault(tls.cert.path, 'a certificate or setting that OpenSSL refuses', 'one that it takes')
  }
  return { context, certificate }
}

/** Whether a certificate is past its end, or before its begin. */
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
  // OpenSSL 3 speaks versions before 1.2 at security level 0 only
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
    // no resumption: a session of older settings would pass by the client certificates of the present ones
    secureOptions: constants.SSL_OP_NO_TICKET,
    ...(ciphers !== '' && { ciphers }),
    ...(tls.curves.length > 0 && { ecdhCurve: tls.curves.join(':') }),
  }
}

/** As in Go, the list is about versions up to 1.2: the suites of 1.3 are always there, as named or as a whole. */
function withNewest(ciphers: readonly string[]): readonly string[] {
  if (ciphers.length === 0) return []
  const newest = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
  return [...ciphers, ...newest.filter((one) => !ciphers.includes(one))]
}

function readPem(source: PemSource, fault: Fault): string | undefined {
  if (source.file === undefined) return source.text
  try {
    return readFileSync(source.file, 'utf8')
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown'
    fault(
      source.path,
      `a file that can not be read (${code}): ${JSON.stringify(source.file)}`,
      'a readable file',
    )
    return undefined
  }
}

/** Every certificate of a text; undefined when there is none, or one that makes no sense. */
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
