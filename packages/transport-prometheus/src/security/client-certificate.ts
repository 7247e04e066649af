import type { X509Certificate } from 'node:crypto'
import { isIP, SocketAddress, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { TlsSpec } from './spec.js'

/** Why a client is refused, in words that do not depend on its certificate; undefined when it is accepted. */
export function whyRefused(
  socket: Socket,
  { clientAuth, allowedSans }: Pick<TlsSpec, 'clientAuth' | 'allowedSans'>,
): string | undefined {
  if (clientAuth === 'NoClientCert' || clientAuth === 'RequestClientCert') return undefined
  const certificate = (socket as TLSSocket).getPeerX509Certificate?.()
  if (certificate === undefined)
    return clientAuth === 'VerifyClientCertIfGiven' ? undefined : 'it has no certificate'
  const mustVerify = clientAuth === 'VerifyClientCertIfGiven' || clientAuth === 'RequireAndVerifyClientCert'
  if (mustVerify && !(socket as TLSSocket).authorized) return 'its certificate could not be verified'
  if (allowedSans === undefined) return undefined
  const allowed = new Set(allowedSans.map(canonical))
  return subjectAltNames(certificate).some((name) => allowed.has(canonical(name)))
    ? undefined
    : 'its certificate has none of the allowed names'
}

/** Whether the server requests a certificate from its clients. */
export function requestsCertificate({ clientAuth }: Pick<TlsSpec, 'clientAuth'>): boolean {
  return clientAuth !== 'NoClientCert'
}

// Node.js writes names with a comma or a quote as JSON strings (CVE-2021-44532), so a name cannot fake another one
const altName =
  /(?:^|, )(DNS|IP Address|email|URI):("(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)|(?:^|, )[^:]+:("(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)/gy

/** The DNS names, IP addresses, e-mail addresses and URIs of a certificate. */
export function subjectAltNames({ subjectAltName = '' }: Pick<X509Certificate, 'subjectAltName'>): string[] {
  const names: string[] = []
  for (const [, kind, value] of subjectAltName.matchAll(altName))
    if (kind !== undefined) names.push(value.startsWith('"') ? (JSON.parse(value) as string) : value)
  return names
}

/** An IP address in its short form, as Go prints it; other names are compared as they are. */
function canonical(name: string): string {
  const family = isIP(name)
  if (family === 0) return name
  return new SocketAddress({ address: name, family: family === 4 ? 'ipv4' : 'ipv6' }).address
}
