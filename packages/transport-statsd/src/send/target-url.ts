/** A target as a URL, for messages. An IPv6 address is in brackets (RFC 3986, section 3.2.2). */
export function targetUrl(
  protocol: 'udp' | 'tcp',
  { host, port }: { readonly host: string; readonly port: number },
): string {
  return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
