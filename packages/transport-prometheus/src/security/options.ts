import type { Limits } from './limits.js'
import type { SecurityHeader } from './spec.js'

/** TLS of the transport's own server. PEM is given as text or as a file; files are read again when they change. */
export interface TlsOptions {
  /** The server's certificate in PEM, with its chain; this or `certFile` is required. */
  readonly cert?: string
  /** The file with the server's certificate. */
  readonly certFile?: string
  /** The private key of the certificate in PEM, not encrypted; this or `keyFile` is required. */
  readonly key?: string
  /** The file with the private key. */
  readonly keyFile?: string
  /** The certificates of the authorities that sign the certificates of clients. Default: Node.js's own list. */
  readonly clientCa?: string
  /** The file with the certificates of these authorities. */
  readonly clientCaFile?: string
  /** Whether clients need a certificate. Default: `NoClientCert`. Only `RequireAndVerifyClientCert` protects the pages. */
  readonly clientAuthType?:
    | 'NoClientCert'
    | 'RequestClientCert'
    | 'RequireAnyClientCert'
    | 'VerifyClientCertIfGiven'
    | 'RequireAndVerifyClientCert'
  /** A client's certificate must have one of these DNS names, IP addresses, e-mail addresses or URIs. Default: any. */
  readonly clientAllowedSans?: readonly string[]
  /** The lowest version of TLS. Default: `TLS12`. */
  readonly minVersion?: 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13'
  /** The highest version of TLS. Default: `TLS13`. */
  readonly maxVersion?: 'TLS10' | 'TLS11' | 'TLS12' | 'TLS13'
  /** For versions up to 1.2, in Go's names: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. Default: Node.js's. */
  readonly cipherSuites?: readonly string[]
  /** Elliptic curves in order of preference. Default: Node.js's. */
  readonly curves?: readonly ('X25519' | 'CurveP256' | 'CurveP384' | 'CurveP521')[]
}

/** Who may read the pages, and the limits for clients. */
export interface SecurityOptions {
  /** TLS of the transport's own server. Default: plain HTTP. */
  readonly tls?: TlsOptions
  /** Users with the bcrypt hashes of their passwords. Without users and tokens everybody may read. Default: none. */
  readonly basicAuth?: { readonly users: Readonly<Record<string, string>> }
  /** Tokens that are accepted instead of a user and password. Default: none. */
  readonly bearerTokens?: readonly string[]
  /** Response headers of every page, out of the five that the exporter-toolkit allows. Default: none. */
  readonly headers?: Readonly<Partial<Record<SecurityHeader, string>>>
  /** One more request is allowed after each interval, and `burst` at once; others get 429. Default: no limit. */
  readonly rateLimit?: { readonly intervalMs: number; readonly burst: number }
  /** A web.config.yml as in the exporter-toolkit, instead of `tls`, `basicAuth`, `headers` and `rateLimit`. Default: none. */
  readonly webConfigFile?: string
  /** Limits for clients. */
  readonly limits?: Partial<Limits>
}

/** The names of the options above. */
export const securityKeys = [
  'tls',
  'basicAuth',
  'bearerTokens',
  'headers',
  'rateLimit',
  'webConfigFile',
  'limits',
] as const
