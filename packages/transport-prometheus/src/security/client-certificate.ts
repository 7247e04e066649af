import type { X509Certificate } from 'node:crypto'
import { isIP, SocketAddress, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { TlsSpec } from './spec.js'

/** Why a client's certificate does not do, in words that hold nothing of the client's; undefined when it does. */
export function refusalOf(
  socket: Socket,
  { clientAuth, allowedSans }: Pick<TlsSpec, 'clientAuth' | 'allowedSans'>,
): string | undefined {
  if (clientAuth === 'NoClientCert' || clientAuth === 'RequestClientCert') return undefined
  const certificate = (socket as TLSSocket).getPeerX509Certificate?.()
  if (certificate === undefined)
    return clientAuth === 'VerifyClientCertIfGiven' ? undefined : 'it showed no certificate'
  const mustVerify = clientAuth === 'VerifyClientCertIfGiven' || clientAuth === 'RequireAndVerifyClientCert'
  if (mustVerify && !(socket as TLSSocket).authorized) return 'its certificate could not be verified'
  if (allowedSans === undefined) return undefined
  const allowed = new Set(allowedSans.map(canonical))
  return subjectAltNames(certificate).some((name) => allowed.has(canonical(name)))
    ? undefined
    : 'its certificate has none of the allowed names'
}

/** Whether the server must ask for a certificate at all. */
export function asksForCertificate({ clientAuth }: Pick<TlsSpec, 'clientAuth'>): boolean {
  return clientAuth !== 'NoClientCert'
}

// Node.js writes names that hold a comma or a quote as JSON strings (CVE-2021-44532), so this can not be led astray
const altName =
  /(?:^|, )(DNS|IP Address|email|URI):("(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)|(?:^|, )[^:]+:("(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)/gy

/** The DNS names, addresses, e-mail addresses and URIs that a certificate is for. */
export function subjectAltNames({ subjectAltName = '' }: Pick<X509Certificate, 'subjectAltName'>): string[] {
  const names: string[] = []
  for (const [, kind, value] of subjectAltName.matchAll(altName))
    if (kind !== undefined) names.push(value.startsWith('"') ? (JSON.parse(value) as string) : value)
  return names
}

/** An address in its one short form, as Go prints it; other names as they are: the match is exact. */
function canonical(name: string): string {
  const family = isIP(name)
  if (family === 0) return name
  return new SocketAddress({ address: name, family: family === 4 ? 'ipv4' : 'ipv6' }).address
}
