/** What client certificates are asked for. Names and meanings as in Go's crypto/tls and the exporter-toolkit. */
export type ClientAuthType =
  | 'NoClientCert'
  | 'RequestClientCert'
  | 'RequireAnyClientCert'
  | 'VerifyClientCertIfGiven'
  | 'RequireAndVerifyClientCert'

/** The response headers that may be set. */
export type SecurityHeader =
  | 'Content-Security-Policy'
  | 'X-Frame-Options'
  | 'X-Content-Type-Options'
  | 'X-XSS-Protection'
  | 'Strict-Transport-Security'

/** PEM text, or the file that holds it; `path` is the option that named it. */
export interface PemSource {
  readonly path: string
  readonly text?: string
  readonly file?: string
}

/** TLS as it was asked for, before anything was read. */
export interface TlsSpec {
  readonly cert: PemSource
  readonly key: PemSource
  readonly clientCa: PemSource | undefined
  readonly clientAuth: ClientAuthType
  /** Undefined: every name. */
  readonly allowedSans: readonly string[] | undefined
  readonly minVersion: TlsVersion
  readonly maxVersion: TlsVersion
  /** In OpenSSL's names; empty: Node.js's default. */
  readonly ciphers: readonly string[]
  /** In OpenSSL's names; empty: Node.js's default. */
  readonly curves: readonly string[]
  readonly preferServerCiphers: boolean
}

/** Node.js's names. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

export interface RateLimit {
  /** A request more may be made after each. */
  readonly intervalMs: number
  /** Requests that may come at once. */
  readonly burst: number
}

/** Who may read, and how. */
export interface SecuritySpec {
  readonly tls: TlsSpec | undefined
  /** bcrypt hashes by user; empty: no basic auth. */
  readonly users: ReadonlyMap<string, string>
  readonly headers: ReadonlyMap<SecurityHeader, string>
  readonly rateLimit: RateLimit | undefined
  /** What the operator should know, in words. */
  readonly notes: readonly string[]
}
